//! The archive for whoever hosts: the binary, a service, settings to begin with, proxies, a dashboard, the papers.
//!
//! Invariant: everything in it lies in one folder named after version and machine, and the settings are what this binary
//! prints. Not here: what the files say.

use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::{
    server,
    toolchain::{Tree, run},
};

/// What goes in besides the binary and the settings.
const FILES: [&str; 12] = [
    "LICENSE",
    "CHANGELOG.md",
    "README.md",
    "docs/HOSTING.md",
    "docs/ADMIN.md",
    "docs/SECURITY.md",
    "docs/nginx.conf",
    "docs/Caddyfile",
    "docs/grafana.json",
    "packaging/perihelion.service",
    "packaging/Dockerfile",
    "packaging/compose.yaml",
];

/// `cargo xtask dist`.
pub fn pack() -> Result<ExitCode> {
    let tree = Tree::find()?;
    let binary = server::build(&tree)?;
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("perihelion-{version}-{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let dist = tree.target.join("dist");
    let folder = dist.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    gather(&tree.root, &binary, &folder)?;
    let archive = dist.join(format!("{name}.tar.gz"));
    run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(&dist).arg(&name), "packing the archive")?;
    let bytes = fs::read(&archive).with_context(|| format!("cannot read {}", archive.display()))?;
    let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(dist.join(format!("{name}.tar.gz.sha256")), format!("{sum}  {name}.tar.gz\n"))?;
    println!("{}: {:.1} MB\nsha256 {sum}", archive.display(), bytes.len() as f64 / 1e6);
    Ok(ExitCode::SUCCESS)
}

fn gather(root: &Path, binary: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for from in FILES.iter().map(|file| root.join(file)).chain([binary.to_owned()]) {
        let to = folder.join(from.file_name().context("a file has a name")?);
        fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    // From the folder itself, so that no settings of this machine get in; and nothing of its environment either.
    let printed = Command::new(binary).arg("--print-config").current_dir(folder).env_clear().output();
    let printed = printed.with_context(|| format!("cannot start {}", binary.display()))?;
    ensure!(printed.status.success(), "the binary does not print its settings");
    fs::write(folder.join("perihelion.example.toml"), printed.stdout).context("cannot write the settings")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_named_is_there_and_once() {
        let root = Tree::find().expect("the tests run in the repository").root;
        let mut names: Vec<_> = FILES.iter().filter_map(|file| Path::new(file).file_name()).collect();
        assert!(FILES.iter().all(|file| root.join(file).is_file()), "{FILES:?}");
        names.sort();
        names.dedup();
        assert_eq!(names.len(), FILES.len());
    }
}
