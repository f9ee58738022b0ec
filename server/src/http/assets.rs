//! The page and its files: embedded in the binary, or read from a folder for developers.
//!
//! Invariants: an embedded file is found by its exact name, never by a path on disk; a name for the folder is
//! cleaned first and the file found must lie inside, links followed. A file whose name holds a hash never changes
//! and may be kept for a year; everything else is asked for again, which an entity tag makes cheap.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use warp::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::{
    Answer,
    negotiate::{Encoding, choose_encoding, tag_matches},
    text,
};

/// A file of a folder longer than this is not served: it is read whole.
const FILE_BYTES_MAX: u64 = 64 * 1_024 * 1_024;
const PAGE: &str = "index.html";
const NO_PAGE: &str = "this server was built without the page: build it in with `cargo xtask build`, \
                       or point `--client-dir` at a built one";

/// A row of the table that `build.rs` writes.
struct Embedded {
    path: &'static str,
    identity: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Where the page's files come from.
#[derive(Debug)]
pub enum Assets {
    /// The binary itself.
    Embedded(BTreeMap<&'static str, Arc<Asset>>),
    /// A folder, read anew for each request.
    Folder(PathBuf),
}

/// One file in all its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    identity: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    /// Of the plain bytes, hex; the forms append their name.
    hash: String,
}

/// Why a folder is no source of assets.
#[derive(Debug)]
pub enum AssetError {
    /// It cannot be opened.
    Folder(PathBuf, io::Error),
}

impl fmt::Display for AssetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AssetError::Folder(path, error) => write!(f, "--client-dir {path:?}: {error}"),
        }
    }
}

impl std::error::Error for AssetError {}

impl Assets {
    /// The files inside the binary.
    #[must_use]
    pub fn embedded() -> Assets {
        let file = |row: &Embedded| {
            let form = |bytes: Option<&'static [u8]>| bytes.map(Bytes::from_static);
            Arc::new(Asset::new(Bytes::from_static(row.identity), form(row.brotli), form(row.gzip)))
        };
        Assets::Embedded(EMBEDDED.iter().map(|row| (row.path, file(row))).collect())
    }

    /// The files in `folder`.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn folder(folder: &Path) -> Result<Assets, AssetError> {
        folder.canonicalize().map(Assets::Folder).map_err(|error| AssetError::Folder(folder.to_owned(), error))
    }

    /// The file for a request's path, percent signs and all.
    async fn find(&self, request_path: &str) -> Option<(String, Arc<Asset>)> {
        let name = clean_name(request_path)?;
        let asset = match self {
            Assets::Embedded(files) => files.get(name.as_str()).cloned()?,
            Assets::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.clone());
                let read = tokio::task::spawn_blocking(move || read(&folder, &name));
                Arc::new(read.await.expect("reading a file does not panic")?)
            }
        };
        Some((name, asset))
    }
}

impl Asset {
    fn new(identity: Bytes, brotli: Option<Bytes>, gzip: Option<Bytes>) -> Asset {
        let digest = Sha256::digest(&identity);
        let hash = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        Asset { identity, brotli, gzip, hash }
    }

    fn form(&self, encoding: Encoding) -> &Bytes {
        match encoding {
            Encoding::Identity => Some(&self.identity),
            Encoding::Gzip => self.gzip.as_ref(),
            Encoding::Brotli => self.brotli.as_ref(),
        }
        .expect("only what is there is chosen")
    }
}

/// The answer to a GET or HEAD of a file. hyper leaves the body out for HEAD.
pub async fn answer(assets: &Assets, request_path: &str, headers: &HeaderMap) -> Answer {
    match assets.find(request_path).await {
        Some((name, asset)) => serve(&name, &asset, headers),
        None if request_path == "/" => text(StatusCode::SERVICE_UNAVAILABLE, NO_PAGE),
        None => text(StatusCode::NOT_FOUND, "there is nothing here; the game is at /"),
    }
}

fn serve(name: &str, asset: &Asset, request: &HeaderMap) -> Answer {
    let listed = |name| request.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>();
    let accept = listed(header::ACCEPT_ENCODING);
    let accept = (!accept.is_empty()).then(|| accept.join(","));
    let encoding = choose_encoding(accept.as_deref(), asset.brotli.is_some(), asset.gzip.is_some());
    let tag = match encoding.name() {
        Some(form) => format!("\"{}-{form}\"", asset.hash),
        None => format!("\"{}\"", asset.hash),
    };
    let known = listed(header::IF_NONE_MATCH).iter().any(|tags| tag_matches(tags, &tag));

    let mut answer = Response::new(if known { Bytes::new() } else { asset.form(encoding).clone() });
    if known {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = answer.headers_mut();
    headers.insert(header::ETAG, HeaderValue::try_from(tag).expect("hex and a name are ASCII"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control(name)));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if !known {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
        if let Some(form) = encoding.name() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(form));
        }
    }
    answer
}

/// The name of a file for a request's path: segments joined by `/`, each plain. `None` for anything that could
/// mean more than a name: `..`, hidden files, drives, streams, control characters, bad percent signs.
fn clean_name(request_path: &str) -> Option<String> {
    let path = percent_decoded(request_path.strip_prefix('/')?)?;
    if path.is_empty() {
        return Some(PAGE.to_owned());
    }
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && !segment.contains(['\\', ':', '%'])
            && !segment.chars().any(char::is_control)
    };
    path.split('/').all(plain).then_some(path)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        bytes.push(u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).expect("two hex digits"));
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

fn read(folder: &Path, name: &str) -> Option<Asset> {
    let (identity, modified) = read_inside(folder, &folder.join(name))?;
    let sibling = |extension: &str| {
        let (bytes, sibling_modified) = read_inside(folder, &folder.join(format!("{name}.{extension}")))?;
        // A stale form would be the old page: whoever edits the file seldom compresses it again.
        (sibling_modified >= modified).then_some(bytes)
    };
    Some(Asset::new(identity, sibling("br"), sibling("gz")))
}

fn read_inside(folder: &Path, path: &Path) -> Option<(Bytes, std::time::SystemTime)> {
    let path = path.canonicalize().ok().filter(|path| path.starts_with(folder))?;
    let metadata =
        fs::metadata(&path).ok().filter(|metadata| metadata.is_file() && metadata.len() <= FILE_BYTES_MAX)?;
    match fs::read(&path) {
        Ok(bytes) => Some((Bytes::from(bytes), metadata.modified().ok()?)),
        Err(error) => {
            tracing::warn!(path = ?path, %error, "cannot read a file of the page");
            None
        }
    }
}

/// Sixteen hex digits behind a dash are a hash of the content: such a name never means anything else.
fn has_hash(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
        digits == 16 && !part.as_bytes().get(16).is_some_and(u8::is_ascii_alphanumeric)
    })
}

fn cache_control(name: &str) -> &'static str {
    if has_hash(name) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "ogg" => "audio/ogg",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_plain_name_or_nothing() {
        for (path, name) in [
            ("/", Some("index.html")),
            ("/a.js", Some("a.js")),
            ("/a/b.css", Some("a/b.css")),
            ("/a%2Ejs", Some("a.js")),
            ("/%C3%A9.svg", Some("é.svg")),
            ("/..", None),
            ("/../secret", None),
            ("/a/../../secret", None),
            ("/..%2fsecret", None),
            ("/%2e%2e/secret", None),
            ("/%2e%2e%2fsecret", None),
            ("/%252e%252e/secret", None),
            ("/..%5csecret", None),
            ("/.env", None),
            ("/.git/config", None),
            ("//etc/passwd", None),
            ("/a//b", None),
            ("/a/", None),
            ("/a%00.js", None),
            ("/a%0a", None),
            ("/c:/x", None),
            ("/%ff", None),
            ("/%", None),
            ("/%2", None),
            ("/%zz", None),
            ("", None),
        ] {
            assert_eq!(clean_name(path).as_deref(), name, "{path}");
        }
    }

    #[test]
    fn only_a_hash_in_the_name_is_kept_for_a_year() {
        for (name, hashed) in [
            ("client-0123456789abcdef.js", true),
            ("client-0123456789abcdef_bg.wasm", true),
            ("client-wasm-0123456789abcdef.js", true),
            ("a/style-0123456789abcdef.css", true),
            ("index.html", false),
            ("0123456789abcdef.js", false),
            ("client-0123456789abcde.js", false),
            ("client-0123456789abcdef0.js", false),
            ("client-0123456789abcdefg.js", false),
            ("client-0123456789ABCDEF.js", false),
            ("dir-0123456789abcdef/index.html", false),
        ] {
            assert_eq!(has_hash(name), hashed, "{name}");
        }
    }

    #[test]
    fn every_embedded_file_is_found_under_its_own_path() {
        let Assets::Embedded(files) = Assets::embedded() else { unreachable!() };
        assert_eq!(files.len(), EMBEDDED.len());
        for name in files.keys() {
            assert_eq!(clean_name(&format!("/{name}")).as_deref(), Some(*name));
            assert_ne!(content_type(name), "application/octet-stream", "{name} has no type");
        }
    }
}
