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
const FILES: [&str; 10] = [
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
];

/// What goes in under another name than it has here, with the paths of the archive in the place of the repository's.
const ADAPTED: [(&str, &str, &[(&str, &str)]); 2] = [
    ("packaging/Dockerfile.runtime", "Dockerfile", &[]),
    (
        "packaging/compose.yaml",
        "compose.yaml",
        &[
            ("{ context: .., dockerfile: packaging/Dockerfile }", "."),
            ("../docs/Caddyfile", "./Caddyfile"),
            ("docs/Caddyfile", "Caddyfile"),
            (" -f packaging/compose.yaml", ""),
        ],
    ),
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
    for (from, to, changes) in ADAPTED {
        fs::write(folder.join(to), adapted(root, from, changes)?).with_context(|| format!("cannot write {to}"))?;
    }
    // From the folder itself, so that no settings of this machine get in; and nothing of its environment either.
    let printed = Command::new(binary).arg("--print-config").current_dir(folder).env_clear().output();
    let printed = printed.with_context(|| format!("cannot start {}", binary.display()))?;
    ensure!(printed.status.success(), "the binary does not print its settings");
    fs::write(folder.join("perihelion.example.toml"), printed.stdout).context("cannot write the settings")?;
    Ok(())
}

fn adapted(root: &Path, from: &str, changes: &[(&str, &str)]) -> Result<String> {
    let text = fs::read_to_string(root.join(from)).with_context(|| format!("cannot read {from}"))?;
    changes.iter().try_fold(text, |text, (here, there)| {
        ensure!(text.contains(here), "{from} does not say {here} any more");
        Ok(text.replace(here, there))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every path in `COPY`, `build:` and `volumes:` that is not of another stage or an absolute one.
    fn paths(text: &str) -> Vec<String> {
        let copied = text.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.contains("--from"));
        let copied = copied.filter_map(|line| line.split(' ').next());
        let mounted = text.split('"').filter_map(|word| word.strip_prefix("./")?.split(':').next());
        copied.chain(mounted).map(str::to_owned).collect()
    }

    #[test]
    fn what_the_archive_says_of_files_is_true_in_the_archive() {
        let root = Tree::find().expect("the tests run in the repository").root;
        let base = |file: &str| Path::new(file).file_name().unwrap().to_string_lossy().into_owned();
        let mut packed: Vec<String> = FILES.iter().map(|file| base(file)).collect();
        packed.extend(["perihelion", "perihelion.example.toml"].map(str::to_owned));
        packed.extend(ADAPTED.iter().map(|(_, to, _)| (*to).to_owned()));
        let mut named = Vec::new();
        for (from, to, changes) in ADAPTED {
            let text = adapted(&root, from, changes).expect("it is as it was");
            assert!(!text.contains("packaging/") && !text.contains(".."), "{to}: {text}");
            named.extend(paths(&text));
        }
        assert_eq!(named, ["perihelion", "LICENSE", "Caddyfile"]);
        assert!(named.iter().all(|path| packed.contains(path)), "{named:?} of {packed:?}");
    }

    #[test]
    fn the_unit_is_one_that_systemd_understands() {
        let root = Tree::find().expect("the tests run in the repository").root;
        // What it starts need not be installed here: its path is another one for this.
        let unit = fs::read_to_string(root.join("packaging/perihelion.service")).expect("readable");
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("perihelion.service");
        fs::write(&copy, unit.replace("/usr/local/bin/perihelion", "/bin/true")).expect("writable");
        let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&copy).output();
        let Ok(verified) = verified else {
            eprintln!("SKIPPED: systemd-analyze is not installed here, and the unit was not looked at");
            return;
        };
        let said = String::from_utf8_lossy(&verified.stderr);
        let of_ours: Vec<&str> = said.lines().filter(|line| line.contains("perihelion.service")).collect();
        assert!(of_ours.is_empty(), "{said}");
    }

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
