//! Python 2.7 and what the gate runs on it. It is no longer made, so where it is missing nothing is installed.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::toolchain::{Tree, on_path};

/// A Python 2.7 that runs: `PYTHON2`, or what PATH has. Version managers put programs there that only say they are missing.
pub fn find() -> Option<PathBuf> {
    let named = std::env::var_os("PYTHON2").map(PathBuf::from);
    let candidates = named.into_iter().chain(["python2.7", "python2"].iter().filter_map(|name| on_path(&[name])));
    candidates.into_iter().find_map(|program| real(&program))
}

/// The program itself, if it is a Python 2.7.
fn real(program: &Path) -> Option<PathBuf> {
    let ask = "import sys; assert sys.version_info[:2] == (2, 7); sys.stdout.write(sys.executable)";
    let output = Command::new(program).args(["-c", ask]).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?);
    (output.status.success() && path.is_absolute()).then_some(path)
}

/// Where Autobahn's test suite lies, brought from PyPI the first time; `None` when it cannot be had.
pub fn autobahn(tree: &Tree, python: &Path) -> Result<Option<PathBuf>> {
    let folder = tree.target.join("autobahn");
    if folder.join("complete").is_file() {
        return Ok(Some(folder));
    }
    println!("Installing Autobahn's test suite into {}…", folder.display());
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target"];
    let status = Command::new(python).args(install).arg(&folder).arg("autobahntestsuite==25.10.1").status();
    if !status.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    // pip leaves this out of folders, and Python 2 then does not see what lies below.
    for file in ["zope/__init__.py", "complete"] {
        let file = folder.join(file);
        std::fs::write(&file, "").with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(Some(folder))
}
