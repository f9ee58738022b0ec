//! The rewriting and the agreement check, on small pages.

use super::*;

const PAGE: &str = "<!doctype html><head>\n\
    <!-- <link data-trunk rel=\"rust\" href=\"commented/out\"> -->\n\
    <link data-trunk rel=\"rust\" href=\"client-wasm/Cargo.toml\" data-wasm-opt=\"z\" />\n\
    <link rel='icon' data-trunk href='assets/favicon.svg'>\n\
    <meta name=\"a>b\" content=\"x\"><link data-trunk rel=css href=assets/style.css>\n\
    </head><body>ü</body>\n";

fn names() -> Names {
    Names {
        boot: "boot-1.js".into(),
        js: "client-2.js".into(),
        wasm: "client-3_bg.wasm".into(),
        css: "style-4.css".into(),
        icon: "favicon-5.svg".into(),
        arena: ["arena-boot-6.js", "arena-7.js", "arena-8_bg.wasm"].map(str::to_owned),
    }
}

#[test]
fn the_three_tags_are_found_in_any_order_and_quoting() {
    let links = links(GAME, PAGE).expect("all there");
    assert_eq!(links.rust.href().expect("href"), "client-wasm/Cargo.toml");
    assert_eq!(links.css.href().expect("href"), "assets/style.css");
    assert_eq!(links.icon.href().expect("href"), "assets/favicon.svg");
}

#[test]
fn everything_else_stays_byte_for_byte() {
    let page = rewrite(PAGE, &links(GAME, PAGE).expect("all there"), &names());
    assert!(page.contains("<script type=\"module\" src=\"/boot-1.js\"></script>"), "{page}");
    assert!(page.contains("<link rel=\"stylesheet\" href=\"/style-4.css\">\n</head><body>ü</body>"), "{page}");
    assert!(page.contains("commented/out"), "comments are not ours to touch");
    assert!(page.contains("<meta name=\"a>b\" content=\"x\">"), "{page}");
    assert!(!without_comments(&page).contains("data-trunk"), "{page}");
}

#[test]
fn a_missing_double_or_foreign_tag_is_an_error() {
    let check = |from: &str, to: &str, part: &str| {
        let error = links(GAME, &PAGE.replace(from, to)).expect_err(part).to_string();
        assert!(error.contains(part), "{error}");
    };
    check("rel=css", "rel=stylesheet", "rel=\"stylesheet\"");
    check("<link data-trunk rel=css href=assets/style.css>", "", "no `<link data-trunk rel=\"css\"");
    check("rel='icon'", "rel=css", "two data-trunk links with rel=\"css\"");
}

#[test]
fn what_the_policy_forbids_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["client-wasm/Cargo.toml", "assets/style.css", "assets/favicon.svg"] {
        let file = folder.path().join(file);
        std::fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
        std::fs::write(file, "").expect("a file");
    }
    check_page(folder.path(), (GAME, CLIENT_MANIFEST), PAGE).expect("nothing wrong with it");
    for bad in ["<p style='x'>", "<script>x()</script>", "<img src=\"https://elsewhere\">", "<style>p{}</style>"] {
        let page = PAGE.replace("ü", bad);
        assert!(check_page(folder.path(), (GAME, CLIENT_MANIFEST), &page).is_err(), "{bad}");
    }
}

#[test]
fn trunk_must_agree() {
    let good = "[build]\ntarget = 'index.html'\n[tools]\nwasm_bindgen = '1.2.3'\n\
                [[proxy]]\nbackend = 'ws://localhost:8080/ws'\nws = true\nrequest_headers = { origin = '' }\n";
    let check = |text: &str| check_trunk(&text.parse().expect("TOML"), "1.2.3");
    check(good).expect("it agrees");
    for (from, to) in
        [("8080", "8081"), ("ws = true", ""), ("origin", "other"), ("1.2.3", "1.2.4"), ("index.html", "page.html")]
    {
        assert!(check(&good.replace(from, to)).is_err(), "{from} → {to}");
    }
}

#[test]
fn the_boot_script_loads_the_hashed_files() {
    let script = boot_script("client-2.js", "client-3_bg.wasm", "arena-boot-6.js");
    assert!(script.starts_with("import init from \"./client-2.js\";\n"), "{script}");
    assert!(script.contains("new URL(\"./client-3_bg.wasm\", import.meta.url)"), "{script}");
}

#[test]
fn the_manifest_is_what_browsers_install_by() {
    let manifest: serde_json::Value = serde_json::from_str(&manifest("favicon-5.svg")).expect("JSON");
    for (key, value) in [("name", "Perihelion"), ("start_url", "/"), ("scope", "/"), ("display", "fullscreen")] {
        assert_eq!(manifest[key], value);
    }
    let icon = &manifest["icons"][0];
    // Any size of 144 pixels or more will do for Chromium, and one that may be cut to a circle for Android.
    assert_eq!((&icon["src"], &icon["sizes"]), (&"/favicon-5.svg".into(), &"any".into()));
    assert_eq!(icon["purpose"], "any maskable");
    assert_eq!(manifest["shortcuts"][0]["url"], "/practice");
}

#[test]
fn the_service_worker_keeps_every_file_of_the_page_and_the_arena() {
    let text = service_worker(&names(), "0123");
    assert!(text.contains("const CACHE = \"perihelion-0123\";"), "{text}");
    let files = "[\"/\", \"/boot-1.js\", \"/client-2.js\", \"/client-3_bg.wasm\", \"/style-4.css\", \"/favicon-5.svg\", \
         \"/arena-boot-6.js\", \"/arena-7.js\", \"/arena-8_bg.wasm\", \"/manifest.webmanifest\"]";
    assert!(text.contains(files), "{text}");
    assert!(!text.contains("/*"), "a place was not filled in: {text}");
}
