//! Embeds the built page into the binary.
//!
//! Duty: turn the folder named by `PERIHELION_CLIENT_DIST` (default `target/client` of the workspace, when it is
//! there) into a table of `include_bytes!`, precompressed siblings included. It fetches nothing and compresses
//! nothing; whoever builds the page does that. Without a folder the table is empty and the server says so.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo::rerun-if-env-changed=PERIHELION_CLIENT_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("embedded.rs");
    let table = match client_dist() {
        Some(folder) => embed(&folder),
        None => Ok("&[]\n".to_owned()),
    };
    match table {
        Ok(table) => fs::write(out, table).expect("OUT_DIR is writable"),
        Err(error) => println!("cargo::error=cannot embed the page: {error}"),
    }
}

/// The folder to embed. One named by the environment must exist; the default may be missing.
fn client_dist() -> Option<PathBuf> {
    if let Some(named) = env::var_os("PERIHELION_CLIENT_DIST").filter(|value| !value.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let default = manifest.parent()?.join("target").join("client");
    default.is_dir().then_some(default)
}

/// The Rust expression of the table, one row per file.
fn embed(folder: &Path) -> io::Result<String> {
    let folder = folder
        .canonicalize()
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in files.iter().filter(|file| !is_compressed_sibling(file)) {
        let path = file.strip_prefix(&folder).expect("collected below the folder");
        let path = path.to_str().ok_or_else(|| io::Error::other("a file name is not UTF-8"))?.replace('\\', "/");
        table.push_str(&format!(
            "    Embedded {{ path: {path:?}, identity: include_bytes!({file:?}), brotli: {}, gzip: {} }},\n",
            sibling(file, "br"),
            sibling(file, "gz"),
        ));
    }
    table.push_str("]\n");
    Ok(table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}

/// Whether `file` is the compressed form of a file beside it.
fn is_compressed_sibling(file: &Path) -> bool {
    matches!(file.extension().and_then(|e| e.to_str()), Some("br" | "gz")) && file.with_extension("").is_file()
}

fn sibling(file: &Path, extension: &str) -> String {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    let path = PathBuf::from(name);
    if path.is_file() { format!("Some(include_bytes!({path:?}))") } else { "None".to_owned() }
}
