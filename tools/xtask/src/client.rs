//! The browser's half: cargo for wasm32, wasm-bindgen as a library, wasm-opt where there is one, then names with
//! hashes and compression. The result lies in `target/client`, ready to be embedded or served.
//!
//! Invariant: the same sources give the same files; when nothing changed, nothing is done. Not here: what the page
//! says (`page`), how files get in place (`dist`).

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    dist::{self, File, hash16},
    page,
    toolchain::{self, Tree, WASM_TARGET},
};

/// How much care goes into the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// For players: optimised and compressed.
    Ship,
    /// For somebody who waits for it at every change: neither.
    Quick,
}

/// The first view may move this many bytes as brotli, which browsers take over https and from localhost.
pub const FIRST_VIEW_BYTES_MAX: u64 = 400_000;

/// And as gzip, which they take over plain http: a server in one's own network, where a fifth more is nothing.
pub const FIRST_VIEW_GZIP_BYTES_MAX: u64 = 480_000;

/// Builds the client and returns the folder it lies in.
pub fn build(tree: &Tree, care: Care) -> Result<PathBuf> {
    toolchain::ensure_wasm_target(tree)?;
    compile(tree, "client-wasm")?;
    compile(tree, "arena-wasm")?;
    compile(tree, "pages-wasm")?;
    let folder = tree.target.join("client");
    let sources = Sources::read(tree)?;
    let stamp_file = tree.target.join("client.stamp");
    let optimiser = match care {
        Care::Ship => toolchain::on_path(&["wasm-opt"]),
        Care::Quick => None,
    };
    let stamp = sources.stamp(care, optimiser.as_deref());
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) && folder.join("index.html").is_file() {
        return Ok(folder);
    }
    let files = sources.assemble(tree, care, optimiser.as_deref())?;
    dist::publish(&folder, &files, care == Care::Ship)?;
    dist::replace(&stamp_file, stamp.as_bytes())?;
    Ok(folder)
}

/// Compiles one of our crates for the browser, in the profile that ships.
pub fn compile(tree: &Tree, package: &str) -> Result<()> {
    let args = ["build", "--package", package, "--lib", "--target", WASM_TARGET, "--profile", page::CLIENT_PROFILE];
    tree.cargo(&format!("building {package} for the browser"), &args, &[])
}

/// Where [`compile`] puts a crate.
pub fn compiled(tree: &Tree, package: &str) -> PathBuf {
    tree.target.join(WASM_TARGET).join(page::CLIENT_PROFILE).join(format!("{}.wasm", package.replace('-', "_")))
}

/// Everything the finished files are made from.
struct Sources {
    game: Page,
    /// Those around the game, which load one module.
    around: [Page; 2],
    arena: Vec<u8>,
    icon: File,
}

/// A page as it is written, with what it names.
struct Page {
    html: String,
    links: page::Links,
    wasm: Vec<u8>,
    css: File,
}

impl Page {
    fn read(tree: &Tree, name: &str, package: &str) -> Result<Page> {
        let html = fs::read_to_string(tree.root.join(name)).with_context(|| format!("cannot read {name}"))?;
        let links = page::links(name, &html)?;
        let (named, built) = (links.rust.href()?, format!("{package}/Cargo.toml"));
        ensure!(named == built, "{name} names the crate {named}, but xtask builds {built}");
        let mut css = read_named(tree, links.css.href()?)?;
        css.bytes = without_asides(&String::from_utf8(css.bytes).context("a style sheet is text")?).into_bytes();
        Ok(Page { wasm: read_module(tree, package)?, html, links, css })
    }
}

/// Text without what only its authors read: comments between `/*` and `*/`, and the spaces before each line. A visitor
/// waits for every byte; our style sheets have no strings with either in them.
fn without_asides(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    without_indents(&kept)
}

fn without_indents(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn read_named(tree: &Tree, href: &str) -> Result<File> {
    let bytes = fs::read(tree.root.join(href)).with_context(|| format!("a page names {href}, which cannot be read"))?;
    Ok(File { name: href.to_owned(), bytes })
}

fn read_module(tree: &Tree, package: &str) -> Result<Vec<u8>> {
    let file = compiled(tree, package);
    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

impl Sources {
    fn read(tree: &Tree) -> Result<Sources> {
        let game = Page::read(tree, page::GAME, "client-wasm")?;
        let around = [Page::read(tree, page::CHECK, "pages-wasm")?, Page::read(tree, page::ADMIN, "pages-wasm")?];
        let icon = read_named(tree, game.links.icon.href()?)?;
        Ok(Sources { game, around, arena: read_module(tree, "arena-wasm")?, icon })
    }

    /// Changes whenever the finished files might: with the sources, with this program, with the optimiser.
    fn stamp(&self, care: Care, optimiser: Option<&Path>) -> String {
        let tool = std::env::current_exe().ok();
        let age = |file: Option<&Path>| {
            let meta = file.and_then(|file| fs::metadata(file).ok());
            let changed = meta.as_ref().and_then(|meta| meta.modified().ok());
            let since = changed.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
            format!("{:?} {:?}", meta.map(|meta| meta.len()), since)
        };
        let page = |page: &Page| [page.html.as_bytes(), &page.wasm, &page.css.bytes].map(hash16).join(" ");
        format!(
            "{care:?}\ngame {}\naround {}\narena {}\nicon {}\nxtask {}\nwasm-opt {}\n",
            page(&self.game),
            self.around.each_ref().map(page).join(" "),
            hash16(&self.arena),
            hash16(&self.icon.bytes),
            age(tool.as_deref()),
            age(optimiser),
        )
    }

    fn assemble(self, tree: &Tree, care: Care, optimiser: Option<&Path>) -> Result<Vec<File>> {
        println!("Preparing the page…");
        let module = |name: &str, wasm: &[u8]| Module::make(tree, name, wasm, care, optimiser);
        let (client, arena) = (module("client", &self.game.wasm)?, module("arena", &self.arena)?);
        let arena_script = page::arena_script(&arena.js.name, &arena.wasm.name);
        let arena_name = format!("arena-boot-{}.js", hash16(arena_script.as_bytes()));
        let boot = page::boot_script(&client.js.name, &client.wasm.name, &arena_name);
        let icon = hashed_name(&self.icon)?;
        let names = page::Names {
            boot: format!("boot-{}.js", hash16(boot.as_bytes())),
            js: client.js.name.clone(),
            wasm: client.wasm.name.clone(),
            css: hashed_name(&self.game.css)?,
            icon: icon.clone(),
            arena: [arena_name.clone(), arena.js.name.clone(), arena.wasm.name.clone()],
        };
        let html = page::rewrite(&self.game.html, &self.game.links, &names);
        let (worker, manifest) = (page::service_worker(&names, &hash16(html.as_bytes())), page::manifest(&names.icon));
        let mut files = vec![
            File { name: page::SERVICE_WORKER.trim_start_matches('/').to_owned(), bytes: worker.into_bytes() },
            File { name: page::MANIFEST.to_owned(), bytes: manifest.into_bytes() },
            File { name: names.boot, bytes: boot.into_bytes() },
            client.js,
            client.wasm,
            File { name: arena_name, bytes: arena_script.into_bytes() },
            arena.js,
            arena.wasm,
            File { name: names.css, bytes: self.game.css.bytes },
            File { name: icon.clone(), bytes: self.icon.bytes },
            File { name: page::GAME.to_owned(), bytes: html.into_bytes() },
        ];
        let pages = module("pages", &self.around[0].wasm)?;
        files.extend(around_files(self.around, pages, icon)?);
        Ok(files)
    }
}

/// The pages around the game, what each has of its own, and the module that they share.
fn around_files(around: [Page; 2], pages: Module, icon: String) -> Result<Vec<File>> {
    let boot = page::pages_script(&pages.js.name, &pages.wasm.name).into_bytes();
    let boot = File { name: format!("pages-boot-{}.js", hash16(&boot)), bytes: boot };
    let mut files = Vec::new();
    for (name, around) in [page::CHECK, page::ADMIN].into_iter().zip(around) {
        let names = page::Names {
            boot: boot.name.clone(),
            js: pages.js.name.clone(),
            wasm: pages.wasm.name.clone(),
            css: hashed_name(&around.css)?,
            icon: icon.clone(),
            arena: Default::default(),
        };
        let html = page::rewrite(&around.html, &around.links, &names);
        files.push(File { name: names.css, bytes: around.css.bytes });
        files.push(File { name: name.to_owned(), bytes: html.into_bytes() });
    }
    files.extend([boot, pages.js, pages.wasm]);
    Ok(files)
}

/// A module for the browser: the glue and the code.
struct Module {
    js: File,
    wasm: File,
}

impl Module {
    fn make(tree: &Tree, name: &str, wasm: &[u8], care: Care, optimiser: Option<&Path>) -> Result<Module> {
        let (js, wasm) = bindgen(name, wasm, care)?;
        let wasm = match optimiser {
            Some(program) => optimise(tree, program, wasm)?,
            None => wasm,
        };
        let file = |ending: &str, bytes: Vec<u8>| File { name: format!("{name}-{}{ending}", hash16(&bytes)), bytes };
        Ok(Module { js: file(".js", without_indents(&js).into_bytes()), wasm: file("_bg.wasm", wasm) })
    }
}

/// `assets/style.css` becomes `style-<hash>.css`.
fn hashed_name(file: &File) -> Result<String> {
    let path = Path::new(&file.name);
    let part = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let (Some(stem), Some(extension)) = (part(path.file_stem()), part(path.extension())) else {
        anyhow::bail!("index.html names {}, which has no name or no extension", file.name);
    };
    Ok(format!("{stem}-{}.{extension}", hash16(&file.bytes)))
}

/// Writes the glue between wasm and browser.
fn bindgen(name: &str, wasm: &[u8], care: Care) -> Result<(String, Vec<u8>)> {
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes(name, wasm.to_vec()).typescript(false).omit_default_module_path(true);
    // The names of functions are a tenth of the download; a panic tells its file and line without them.
    bindgen.remove_producers_section(true).remove_name_section(care == Care::Ship);
    let mut output = bindgen
        .web(true)
        .and_then(Bindgen::generate_output)
        .with_context(|| format!("wasm-bindgen refused the {name}"))?;
    let js = output.js().to_owned();
    // js-sys always carries a worker script for threads; what counts is whether the glue asks for such a file.
    ensure!(
        !js.contains("./snippets/"),
        "the client brings JavaScript of its own, which the page has no place for: use web-sys instead"
    );
    let module = output.wasm_mut();
    if care == Care::Quick {
        return Ok((js, module.emit_wasm()));
    }
    // The names of imports are long and end in sixteen digits that nothing compresses: 2 % of the download.
    let mut short = BTreeMap::new();
    for import in module.imports.iter_mut() {
        let next = format!("i{}", short.len());
        import.name = short.entry(std::mem::take(&mut import.name)).or_insert(next).clone();
    }
    Ok((renamed(&js, &short), module.emit_wasm()))
}

/// A script with other names for some of its own.
fn renamed(js: &str, names: &BTreeMap<String, String>) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let (mut out, mut rest) = (String::with_capacity(js.len()), js);
    while let Some(start) = rest.find(is_part) {
        let end = rest[start..].find(|c| !is_part(c)).map_or(rest.len(), |length| start + length);
        let name = &rest[start..end];
        out.push_str(&rest[..start]);
        out.push_str(names.get(name).map_or(name, String::as_str));
        rest = &rest[end..];
    }
    out + rest
}

/// For size, which costs no speed after LLVM's own care (measured: the golden matches and recordings take as long as with
/// -O3); low memory is unused, because the linker puts the stack there and what overflows it traps anyway.
const OPTIMISER: [&str; 2] = ["-Os", "--low-memory-unused"];

/// Lets binaryen's optimiser at it. It is a bonus: when it fails, what it was given ships.
fn optimise(tree: &Tree, program: &Path, wasm: Vec<u8>) -> Result<Vec<u8>> {
    let (input, output) = (tree.target.join("client.wasm-opt-in.wasm"), tree.target.join("client.wasm-opt-out.wasm"));
    fs::write(&input, &wasm).with_context(|| format!("cannot write {}", input.display()))?;
    let ran = Command::new(program)
        .args(OPTIMISER)
        .arg(&input)
        .arg("-o")
        .arg(&output)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output();
    let result = match ran {
        Ok(ran) if ran.status.success() => {
            fs::read(&output).map_err(|error| error.to_string()).and_then(|smaller| mend_tables(&wasm, smaller))
        }
        Ok(ran) => Err(String::from_utf8_lossy(&ran.stderr).lines().next().unwrap_or("it said nothing").to_owned()),
        Err(error) => Err(error.to_string()),
    };
    for file in [&input, &output] {
        let _gone_or_harmless = fs::remove_file(file);
    }
    Ok(match result {
        Ok(smaller) if smaller.len() < wasm.len() => smaller,
        Ok(_) => wasm,
        Err(why) => {
            println!("note: wasm-opt could not optimise the client ({why}); it ships as it is");
            wasm
        }
    })
}

/// Old releases of binaryen (108 in Debian 12) let every exported table be table 0, but wasm-bindgen exports its second
/// one, and a browser then refuses to start the client. This points such exports to the table of the right type again.
fn mend_tables(before: &[u8], after: Vec<u8>) -> Result<Vec<u8>, String> {
    let read = |bytes: &[u8]| {
        let mut config = walrus::ModuleConfig::new();
        config.generate_producers_section(false).generate_name_section(false);
        config.parse(bytes).map_err(|error| format!("it wrote what cannot be read: {error}"))
    };
    let (before, mut mended) = (read(before)?, read(&after)?);
    let mut wrong = false;
    for export in before.exports.iter() {
        let walrus::ExportItem::Table(table) = export.item else { continue };
        let wanted = before.tables.get(table).element_ty;
        let lost = || format!("it lost the exported table {}", export.name);
        let found = mended.exports.iter().find(|other| other.name == export.name).ok_or_else(lost)?;
        let (id, item) = (found.id(), found.item);
        if matches!(item, walrus::ExportItem::Table(table) if mended.tables.get(table).element_ty == wanted) {
            continue;
        }
        let right = mended.tables.iter().find(|table| table.element_ty == wanted).ok_or_else(lost)?.id();
        mended.exports.get_mut(id).item = walrus::ExportItem::Table(right);
        wrong = true;
    }
    Ok(if wrong { mended.emit_wasm() } else { after })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_do_not_wait_for_what_only_authors_read() {
        let css = "/* What it is. */\n  a { color: red; } /* Why\n  so. */\n\n  b:hover { top: 0; }\n";
        assert_eq!(without_asides(css), "a { color: red; }\nb:hover { top: 0; }");
        assert_eq!(without_asides("a {} /* never closed"), "a {}");
    }

    #[test]
    fn names_carry_the_hash_before_the_extension() {
        let name = |name: &str| hashed_name(&File { name: name.to_owned(), bytes: Vec::new() });
        assert_eq!(name("assets/style.css").expect("a name"), "style-e3b0c44298fc1c14.css");
        assert!(name("assets/style").is_err());
    }

    #[test]
    fn whole_names_alone_are_renamed() {
        let names = BTreeMap::from([("__wbg_get_00".to_owned(), "i0".to_owned())]);
        let js = "a.__wbg_get_00 = __wbg_get_001($__wbg_get_00, '__wbg_get_00');__wbg_get_00";
        assert_eq!(renamed(js, &names), "a.i0 = __wbg_get_001($__wbg_get_00, 'i0');i0");
    }

    #[test]
    fn what_is_not_wasm_is_an_error_not_a_panic() {
        assert!(bindgen("client", b"rubbish", Care::Ship).is_err());
    }

    #[test]
    fn an_export_that_binaryen_pointed_to_the_wrong_table_is_mended() {
        let module = |exported: usize| {
            let mut module = walrus::Module::default();
            let functions = module.tables.add_local(false, 1, None, walrus::RefType::FUNCREF);
            let things = module.tables.add_local(false, 1, None, walrus::RefType::EXTERNREF);
            module.exports.add("things", [functions, things][exported]);
            module.emit_wasm()
        };
        let type_of_export = |bytes: &[u8]| {
            let module = walrus::Module::from_buffer(bytes).expect("valid");
            let walrus::ExportItem::Table(table) = module.exports.iter().next().expect("one").item else {
                panic!("no table")
            };
            module.tables.get(table).element_ty
        };
        let (good, bad) = (module(1), module(0));
        assert_eq!(type_of_export(&mend_tables(&good, bad).expect("mended")), walrus::RefType::EXTERNREF);
        assert_eq!(mend_tables(&good, good.clone()).expect("nothing to mend"), good);
        assert!(mend_tables(&good, b"rubbish".to_vec()).is_err());
    }
}
