//! A TUN device: a network interface whose packets this program reads and writes. Invariant: the device exists as long
//! as its [`Tun`], and not longer.
//!
//! The only unsafe code of the project's tools: attaching is an `ioctl` for which there is no safe call.
#![allow(unsafe_code, reason = "TUNSETIFF, see `attach`")]

use std::{
    fs::File,
    io::{self, Read, Write},
    os::fd::{AsFd, BorrowedFd},
};

use rustix::ioctl::{Opcode, Updater, ioctl};

/// `TUNSETIFF` of linux/if_tun.h: `_IOW('T', 202, int)`, though it reads and writes an `ifreq`.
const TUNSETIFF: Opcode = 0x4004_54ca;
/// Packets without Ethernet headers…
const IFF_TUN: u16 = 0x0001;
/// …and without anything else in front.
const IFF_NO_PI: u16 = 0x1000;
/// Bytes of a name, the zero at its end included.
const NAME_BYTES: usize = 16;

/// `struct ifreq` of linux/if.h, as `TUNSETIFF` uses it.
#[derive(Debug)]
#[repr(C)]
struct InterfaceRequest {
    name: [u8; NAME_BYTES],
    flags: u16,
    rest: [u8; 22],
}

const _: () = assert!(size_of::<InterfaceRequest>() == 40, "the kernel copies 40 bytes on 64-bit systems");

/// An open device.
#[derive(Debug)]
pub struct Tun(File);

impl Tun {
    /// Makes the device `name` in the namespace of this thread; it is down and has no address.
    ///
    /// # Errors
    /// No such driver, no right to it, or the name is taken or too long.
    pub fn open(name: &str) -> io::Result<Tun> {
        let file = File::options().read(true).write(true).open("/dev/net/tun")?;
        attach(&file, name)?;
        rustix::io::ioctl_fionbio(&file, true)?;
        Ok(Tun(file))
    }

    /// The next packet that the kernel sends into the device, if there is one now.
    ///
    /// # Errors
    /// The device is gone.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match self.0.read(buffer) {
            Ok(length) => Ok(Some(length)),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives the kernel a packet; whether it took it.
    pub fn write(&mut self, packet: &[u8]) -> bool {
        self.0.write(packet).is_ok()
    }
}

impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn attach(file: &File, name: &str) -> io::Result<()> {
    let mut request = InterfaceRequest { name: [0; NAME_BYTES], flags: IFF_TUN | IFF_NO_PI, rest: [0; 22] };
    if name.len() >= NAME_BYTES {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    request.name[..name.len()].copy_from_slice(name.as_bytes());
    // SAFETY: the file is /dev/net/tun, whose TUNSETIFF reads and writes one `struct ifreq` at this address and keeps
    // no pointer to it. `InterfaceRequest` has that struct's size and layout (asserted above), every bit pattern is
    // valid for it, and it outlives the call.
    unsafe { ioctl(file, Updater::<TUNSETIFF, InterfaceRequest>::new(&mut request)) }?;
    Ok(())
}
