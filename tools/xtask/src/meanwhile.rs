//! The release build, begun while the unit tests run: they wait for clocks and sockets half of the time, and it links on
//! one core for minutes. Invariant: it only saves time. The step `build` builds again whatever it has left, and says what is
//! wrong with it; nobody reads what is said here.

use std::{
    fs::File,
    process::{Child, Command, Stdio},
};

use crate::toolchain::{Tree, on_path};

/// A build under way.
#[derive(Debug)]
pub struct Meanwhile(Option<Child>);

impl Meanwhile {
    /// Begins, behind everything else the machine has to do.
    pub fn build(tree: &Tree) -> Meanwhile {
        let log = File::create(tree.target.join("meanwhile.log"));
        let (Ok(program), Ok(log)) = (std::env::current_exe(), log) else { return Meanwhile(None) };
        let mut command = match on_path(&["nice"]) {
            Some(nice) => {
                let mut command = Command::new(nice);
                command.args(["-n", "15"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        let Ok(heard) = log.try_clone() else { return Meanwhile(None) };
        command.arg("build").current_dir(&tree.root).stdin(Stdio::null()).stdout(log).stderr(heard);
        Meanwhile(command.spawn().ok())
    }

    /// Waits until it has done what it can.
    pub fn wait(mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.wait();
        }
    }
}

impl Drop for Meanwhile {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
