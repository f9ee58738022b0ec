//! `index.html` is written for trunk: three `<link data-trunk …>` tags say what to build. This file reads those tags,
//! replaces exactly them by what a browser needs, and checks that nothing else in the page or in `Trunk.toml` has
//! drifted away from what `client` builds.
//!
//! Invariant: everything outside the three tags reaches the browser byte for byte. Not here: building the files the
//! tags name.

use std::{collections::BTreeMap, ops::Range, path::Path};

use anyhow::{Context, Result, bail, ensure};

/// The game's page.
pub const GAME: &str = "index.html";
/// The connection doctor's page.
pub const CHECK: &str = "check.html";
/// The administration's page.
pub const ADMIN: &str = "admin.html";
/// The crate the game's page loads, as its tag names it…
pub const CLIENT_MANIFEST: &str = "client-wasm/Cargo.toml";
/// …and that of the pages around it.
pub const PAGES_MANIFEST: &str = "pages-wasm/Cargo.toml";
/// What the tag says about the profile, so that trunk and xtask ship the same code.
pub const CLIENT_PROFILE: &str = "wasm-release";

/// The three tags.
#[derive(Debug)]
pub struct Links {
    /// The client crate.
    pub rust: Link,
    /// The style sheet.
    pub css: Link,
    /// The icon.
    pub icon: Link,
}

/// One tag: where it stands and what it says.
#[derive(Debug)]
pub struct Link {
    span: Range<usize>,
    attributes: BTreeMap<String, String>,
}

impl Link {
    /// The file the tag names, relative to the page.
    pub fn href(&self) -> Result<&str> {
        self.attributes.get("href").map(String::as_str).context("a data-trunk link of a page has no href")
    }
}

/// Where the service worker is, always: browsers know it by its address.
pub const SERVICE_WORKER: &str = "/service-worker.js";

/// File names in the finished page, each with its hash, all beside `index.html`.
#[derive(Debug)]
pub struct Names {
    /// The script that starts the client.
    pub boot: String,
    /// The glue that wasm-bindgen wrote.
    pub js: String,
    /// The client.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The icon.
    pub icon: String,
    /// The practice arena: its worker's script, the glue, the module.
    pub arena: [String; 3],
}

/// Finds the three tags in the page `name`.
pub fn links(name: &str, html: &str) -> Result<Links> {
    let mut found: BTreeMap<String, Link> = BTreeMap::new();
    for span in link_tags(html) {
        let attributes = attributes(&html[span.clone()]);
        if !attributes.contains_key("data-trunk") {
            continue;
        }
        let rel = attributes.get("rel").cloned().unwrap_or_default();
        ensure!(
            matches!(rel.as_str(), "rust" | "css" | "icon"),
            "{name} has a data-trunk link with rel=\"{rel}\", which xtask does not build (only rust, css and icon)"
        );
        let twice = found.insert(rel.clone(), Link { span, attributes });
        ensure!(twice.is_none(), "{name} has two data-trunk links with rel=\"{rel}\"");
    }
    let mut take =
        |rel: &str| found.remove(rel).with_context(|| format!("{name} has no `<link data-trunk rel=\"{rel}\" …>`"));
    Ok(Links { rust: take("rust")?, css: take("css")?, icon: take("icon")? })
}

/// The page as served: each tag replaced by what a browser understands.
///
/// The preloads let script and wasm travel at the same time instead of one after the other.
pub fn rewrite(html: &str, links: &Links, names: &Names) -> String {
    let Names { boot, js, wasm, css, icon, arena: _ } = names;
    let rust = format!(
        "<link rel=\"modulepreload\" href=\"/{js}\">\
         <link rel=\"preload\" href=\"/{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
         <script type=\"module\" src=\"/{boot}\"></script>"
    );
    let mut edits = [
        (links.rust.span.clone(), rust),
        (links.css.span.clone(), format!("<link rel=\"stylesheet\" href=\"/{css}\">")),
        (
            links.icon.span.clone(),
            format!("<link rel=\"icon\" href=\"/{icon}\"><link rel=\"manifest\" href=\"/{MANIFEST}\">"),
        ),
    ];
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut page = html.to_owned();
    for (span, text) in edits {
        page.replace_range(span, &text);
    }
    page
}

/// The script that starts the client. A file of its own, because the page's content security policy allows no
/// inline script. A browser too old for what the client needs never runs the client, so the words are here.
///
/// It offers to start the practice arena's worker, because the policy wants the addresses of workers vouched for.
pub fn boot_script(js: &str, wasm: &str, arena: &str) -> String {
    format!(
        r#"import init from "./{js}";
const scripts = ["/{arena}", "{SERVICE_WORKER}"];
const vouch = {{
  createScriptURL(url) {{
    if (!scripts.includes(url)) throw new TypeError(url);
    return url;
  }},
}};
const policy = globalThis.trustedTypes?.createPolicy("perihelion", vouch) ?? vouch;
globalThis.perihelionArena = () => new Worker(policy.createScriptURL("/{arena}"), {{ type: "module" }});
function sorry(words) {{
  const why = document.getElementById("unsupported-why");
  if (why) why.textContent = words;
  document.getElementById("unsupported")?.classList.add("now");
}}
if (typeof WebAssembly !== "object") {{
  sorry("This browser has no WebAssembly, which the game runs on. Any browser from 2023 or later will do.");
}} else {{
  init({{ module_or_path: new URL("./{wasm}", import.meta.url) }}).catch((error) => {{
    console.error(error);
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {{
      sorry("This browser is too old for the game. Any browser from 2023 or later will do.");
    }} else if (!(error instanceof WebAssembly.RuntimeError)) {{
      sorry("The game could not be loaded. Check the connection and reload the page.");
    }}
  }});
}}
if (navigator.serviceWorker) {{
  // Without it nothing is kept for offline; the game goes on. The first view comes first.
  addEventListener("load", () => {{
    navigator.serviceWorker.register(policy.createScriptURL("{SERVICE_WORKER}")).catch(() => {{}});
  }});
}}
"#
    )
}

/// The service worker: `assets/service-worker.js` with the names of the files to keep. Its text changes whenever one
/// of them does, which is how a browser learns of a new version.
pub fn service_worker(names: &Names, page_hash: &str) -> String {
    let Names { boot, js, wasm, css, icon, arena: [script, glue, module] } = names;
    let files = ["", boot, js, wasm, css, icon, script, glue, module, MANIFEST].map(|name| format!("\"/{name}\""));
    let source = include_str!("../../../assets/service-worker.js");
    source.replace("/* files */", &files.join(", ")).replace("/* version */", page_hash)
}

/// Whether a finished file is fetched when the page runs already, for practice and for offline, or is of a page of its own.
pub fn is_later(name: &str) -> bool {
    ["arena-", "pages-", "check", "admin"].iter().any(|part| name.starts_with(part))
        || name == MANIFEST
        || name == SERVICE_WORKER.trim_start_matches('/')
}

/// Where what makes the page installable is.
pub const MANIFEST: &str = "manifest.webmanifest";

/// What makes the page installable.
pub fn manifest(icon: &str) -> String {
    format!(
        r##"{{
  "name": "Perihelion",
  "short_name": "Perihelion",
  "description": "A multiplayer arena around a burning star. Open the page and fly.",
  "id": "/",
  "start_url": "/",
  "scope": "/",
  "display": "fullscreen",
  "orientation": "any",
  "background_color": "#05060d",
  "theme_color": "#05060d",
  "icons": [{{ "src": "/{icon}", "type": "image/svg+xml", "sizes": "any", "purpose": "any maskable" }}],
  "shortcuts": [{{ "name": "Practise", "url": "/practice" }}]
}}
"##
    )
}

/// The script of the practice arena's worker.
pub fn arena_script(js: &str, wasm: &str) -> String {
    format!("import init from \"./{js}\";\nawait init({{ module_or_path: new URL(\"./{wasm}\", import.meta.url) }});\n")
}

/// The script of the pages around the game, which must say something also where nothing else runs.
pub fn pages_script(js: &str, wasm: &str) -> String {
    format!(
        r#"import init from "./{js}";
function sorry(error) {{
  console.error(error);
  const verdict = document.getElementById("verdict");
  if (!verdict) return;
  verdict.dataset.grade = "bad";
  verdict.textContent = typeof WebAssembly === "object"
    ? "The page could not be loaded. Reload it; if that does not help, the line is the trouble."
    : "This browser has no WebAssembly, which the game runs on. Any browser from 2023 or later will do.";
}}
try {{
  await init({{ module_or_path: new URL("./{wasm}", import.meta.url) }});
}} catch (error) {{
  sorry(error);
}}
"#
    )
}

/// Checks that `index.html` and `Trunk.toml` still describe what xtask builds, so that `trunk serve` and
/// `cargo xtask play` show the same game under the same rules.
pub fn check_agreement(root: &Path, bindgen_version: &str) -> Result<()> {
    let read = |name: &str| std::fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"));
    for (name, manifest) in [(GAME, CLIENT_MANIFEST), (CHECK, PAGES_MANIFEST), (ADMIN, PAGES_MANIFEST)] {
        check_page(root, (name, manifest), &read(name)?)?;
    }
    let trunk = read("Trunk.toml")?.parse::<toml::Table>().context("Trunk.toml is not valid TOML")?;
    check_trunk(&trunk, bindgen_version)
}

fn check_page(root: &Path, (name, manifest): (&str, &str), html: &str) -> Result<()> {
    let links = links(name, html)?;
    ensure!(links.rust.href()? == manifest, "{name} must load {manifest}");
    if let Some(profile) =
        links.rust.attributes.get("data-cargo-profile-release").or(links.rust.attributes.get("data-cargo-profile"))
    {
        ensure!(profile == CLIENT_PROFILE, "{name} names the profile `{profile}`, xtask builds `{CLIENT_PROFILE}`");
    }
    for link in [&links.rust, &links.css, &links.icon] {
        let href = link.href()?;
        ensure!(root.join(href).is_file(), "{name} names {href}, which does not exist");
    }
    // What the content security policy would refuse must not be in the page to begin with.
    let bare = without_comments(html).to_ascii_lowercase();
    for (text, why) in [
        ("<style", "an inline style sheet"),
        (" style=", "an inline style attribute"),
        ("javascript:", "an inline script"),
        ("=\"http://", "something from another host"),
        ("=\"https://", "something from another host"),
        ("=\"//", "something from another host"),
    ] {
        ensure!(!bare.contains(text), "{name} holds {why} (`{text}`), which its content security policy forbids");
    }
    if bare.contains("<script") {
        bail!("{name} holds a script of its own; the only one is the boot script that the build adds");
    }
    Ok(())
}

fn check_trunk(trunk: &toml::Table, bindgen_version: &str) -> Result<()> {
    let text = |table: &str, key: &str| trunk.get(table).and_then(|table| table.get(key)).and_then(toml::Value::as_str);
    ensure!(text("build", "target") == Some("index.html"), "Trunk.toml: [build] target must be \"index.html\"");
    // trunk reads the version from Cargo.lock unless it is told another.
    if let Some(pinned) = text("tools", "wasm_bindgen") {
        ensure!(
            pinned == bindgen_version,
            "Trunk.toml pins wasm_bindgen {pinned}, but Cargo.lock has {bindgen_version}"
        );
    }
    let proxies = trunk.get("proxy").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    let socket = proxies.iter().find(|proxy| proxy.get("ws").and_then(toml::Value::as_bool) == Some(true));
    let socket = socket.context("Trunk.toml has no [[proxy]] with ws = true for the game's WebSocket")?;
    let backend = socket.get("backend").and_then(toml::Value::as_str).unwrap_or_default();
    ensure!(
        backend == "ws://localhost:8080/ws" || backend == "ws://127.0.0.1:8080/ws",
        "Trunk.toml: the WebSocket's proxy leads to `{backend}`, but the server is at ws://localhost:8080/ws"
    );
    // The server takes sockets only from the page of its own origin, and trunk's page comes from another port.
    let origin = socket.get("request_headers").and_then(|headers| headers.get("origin")).and_then(toml::Value::as_str);
    ensure!(
        origin == Some(""),
        "Trunk.toml: the WebSocket's [[proxy]] needs `request_headers = {{ origin = \"\" }}`, or the server refuses it"
    );
    Ok(())
}

/// The version of a package in Cargo.lock.
pub fn locked_version(root: &Path, package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let lock = lock.parse::<toml::Table>().context("Cargo.lock is not valid TOML")?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock lists no packages")?;
    packages
        .iter()
        .find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
        .and_then(|entry| entry.get("version")?.as_str().map(str::to_owned))
        .with_context(|| format!("Cargo.lock does not name {package}"))
}

/// Where the `<link …>` tags stand, comments left out.
fn link_tags(html: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|offset| at + offset) {
        let rest = &html[open..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(html.len(), |end| open + end + 3);
        } else if rest.starts_with("<link") {
            let Some(end) = tag_end(rest) else { break };
            spans.push(open..open + end);
            at = open + end;
        } else {
            at = open + 1;
        }
    }
    spans
}

/// The length of a tag up to its `>`, which does not count inside quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The attributes of one tag; those without a value get an empty one.
fn attributes(tag: &str) -> BTreeMap<String, String> {
    let inner = tag.trim_start_matches("<link").trim_end_matches('>').trim_end_matches('/');
    let mut attributes = BTreeMap::new();
    let mut rest = inner.trim_start();
    while !rest.is_empty() {
        let name_end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        rest = rest[name_end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (text, left) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            value = text.to_owned();
            rest = left.trim_start();
        }
        if !name.is_empty() {
            attributes.insert(name, value);
        } else if rest.len() == inner.len() {
            break;
        }
    }
    attributes
}

fn without_comments(html: &str) -> String {
    let mut bare = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        bare.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    bare
}

#[cfg(test)]
mod tests;
