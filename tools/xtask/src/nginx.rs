//! nginx for the test of the documentation's proxy: found, or unpacked from Debian's package into the target folder.
//!
//! Unpacked and not installed: that needs no root, and no service begins to listen on anybody's machine. Invariant: without
//! one the test says that it is skipped; nothing fails for want of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::toolchain::{Tree, is_program, on_path};

/// Where Debian puts it; not on everybody's PATH.
const USUAL: &str = "/usr/sbin/nginx";
/// What the program is packed in, by release of Debian.
const PACKAGES: [&str; 2] = ["nginx", "nginx-light"];

/// The program, wherever it comes from.
pub fn ensure(tree: &Tree) -> Option<PathBuf> {
    find(tree).or_else(|| {
        let folder = folder(tree);
        PACKAGES.iter().any(|package| unpack(package, &folder)).then(|| find(tree)).flatten()
    })
}

/// The program, if it is there.
pub fn find(tree: &Tree) -> Option<PathBuf> {
    let unpacked = folder(tree).join("usr/sbin/nginx");
    on_path(&["nginx"]).or_else(|| [PathBuf::from(USUAL), unpacked].into_iter().find(|file| is_program(file)))
}

fn folder(tree: &Tree) -> PathBuf {
    tree.target.join("nginx")
}

/// Whether a package lies in `folder` now, with the program in it.
fn unpack(package: &str, folder: &Path) -> bool {
    if fs::create_dir_all(folder).is_err()
        || !quietly(Command::new("apt-get").args(["-qq", "download", package]), folder)
    {
        return false;
    }
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let archive = files.into_iter().find(|file| file.extension().is_some_and(|kind| kind == "deb"));
    let Some(archive) = archive else { return false };
    let done = quietly(Command::new("dpkg-deb").arg("-x").arg(&archive).arg("."), folder);
    // Of no use any more, and in the way of the next.
    let _ = fs::remove_file(archive);
    done && is_program(&folder.join("usr/sbin/nginx"))
}

fn quietly(command: &mut Command, folder: &Path) -> bool {
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
