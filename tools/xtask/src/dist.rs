//! The folder of finished files, `target/client`: what the server embeds or serves.
//!
//! Invariant: at no moment does a page name a file that is not there completely. A file whose content did not
//! change is not touched, so that neither cargo nor a browser sees a change where there is none.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::compress;

/// A file on its way into the folder.
#[derive(Debug)]
pub struct File {
    /// Its name there.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// How many bytes a first visit moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    /// As it lies on the disk.
    pub plain: u64,
    /// For a browser that takes brotli.
    pub brotli: u64,
    /// For a browser that takes gzip only.
    pub gzip: u64,
}

/// The first 16 hexadecimal digits of the content's SHA-256: enough that two builds never share one by accident.
pub fn hash16(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Puts the files in place, the page last, and then removes what no longer belongs there.
pub fn publish(folder: &Path, files: &[File], compressed: bool) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut keep: BTreeSet<String> = BTreeSet::new();
    let (pages, parts): (Vec<&File>, Vec<&File>) = files.iter().partition(|file| file.name.ends_with(".html"));
    for file in parts.into_iter().chain(pages) {
        let unchanged = fs::read(folder.join(&file.name)).is_ok_and(|old| old == file.bytes);
        for (suffix, pack) in
            [(".br", compress::brotli as fn(&[u8]) -> Result<Vec<u8>>), (".gz", compress::gzip as fn(&[u8]) -> _)]
        {
            let name = format!("{}{suffix}", file.name);
            let path = folder.join(&name);
            if unchanged && path.is_file() {
                keep.insert(name);
            } else if compressed {
                let packed = pack(&file.bytes)?;
                if packed.len() < file.bytes.len() {
                    replace(&path, &packed)?;
                    keep.insert(name);
                }
            } else {
                // A compressed copy of the old page beside the new one would be served instead of it.
                remove(&path)?;
            }
        }
        if !unchanged {
            replace(&folder.join(&file.name), &file.bytes)?;
        }
        keep.insert(file.name.clone());
    }
    for name in names(folder)? {
        if !keep.contains(&name) {
            remove(&folder.join(name))?;
        }
    }
    Ok(())
}

/// Adds up what a first visit moves: every file in the folder is part of it, but those that `is_later` names.
pub fn weigh(folder: &Path, is_later: impl Fn(&str) -> bool) -> Result<Weight> {
    let size = |name: &str| fs::metadata(folder.join(name)).map(|meta| meta.len()).ok();
    let mut weight = Weight::default();
    for name in names(folder)? {
        if name.ends_with(".br") || name.ends_with(".gz") || is_later(&name) {
            continue;
        }
        let plain = size(&name).with_context(|| format!("{name} vanished from {}", folder.display()))?;
        weight.plain += plain;
        weight.brotli += size(&format!("{name}.br")).unwrap_or(plain);
        weight.gzip += size(&format!("{name}.gz")).unwrap_or(plain);
    }
    Ok(weight)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

/// Writes beside and renames over, so that a reader sees the old content or the new one.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: &[u8]) -> File {
        File { name: name.to_owned(), bytes: bytes.to_vec() }
    }

    fn listing(folder: &Path) -> Vec<String> {
        let mut listing = names(folder).expect("listed");
        listing.sort();
        listing
    }

    #[test]
    fn compressed_copies_stand_beside_only_where_smaller() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "the same words again and again ".repeat(50);
        publish(folder.path(), &[file("a.js", text.as_bytes()), file("index.html", b"x")], true).expect("published");
        assert_eq!(listing(folder.path()), ["a.js", "a.js.br", "a.js.gz", "index.html"]);
        let weight = weigh(folder.path(), |name| name == "later.js").expect("weighed");
        assert_eq!(weight.plain, text.len() as u64 + 1);
        assert!(weight.brotli < weight.gzip && weight.gzip < weight.plain, "{weight:?}");
    }

    #[test]
    fn what_did_not_change_is_not_touched_and_what_is_old_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "again and again ".repeat(50).into_bytes();
        publish(folder.path(), &[file("a.js", &text), file("old.js", &text)], true).expect("published");
        let stamp =
            |name: &str| fs::metadata(folder.path().join(name)).and_then(|meta| meta.modified()).expect("there");
        let before = (stamp("a.js"), stamp("a.js.br"));
        publish(folder.path(), &[file("a.js", &text)], true).expect("published");
        assert_eq!(before, (stamp("a.js"), stamp("a.js.br")));
        assert_eq!(listing(folder.path()), ["a.js", "a.js.br", "a.js.gz"]);
    }

    #[test]
    fn a_quick_build_leaves_no_compressed_copy_of_the_old_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "again and again ".repeat(50).into_bytes();
        publish(folder.path(), &[file("index.html", &text)], true).expect("published");
        publish(folder.path(), &[file("index.html", b"new")], false).expect("published");
        assert_eq!(listing(folder.path()), ["index.html"]);
    }

    #[test]
    fn the_hash_has_sixteen_digits_and_follows_the_content() {
        assert_eq!(hash16(b"a").len(), 16);
        assert_ne!(hash16(b"a"), hash16(b"b"));
        assert_eq!(hash16(b""), "e3b0c44298fc1c14");
    }
}
