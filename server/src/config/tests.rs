use proptest::prelude::*;
use shared::{defs::GameMode, protocol::ChatMode};

use super::*;

/// A settings file that goes with the test.
struct File(PathBuf);

impl File {
    fn with(text: &str) -> File {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("perihelion-config-{}-{}.toml", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).expect("a temporary file");
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read(text: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Settings, String> {
    let file = File::with(text);
    let sources = Sources { file: Some(file.0.clone()), environment: pairs(environment), flags: pairs(flags) };
    Settings::read(&sources).map_err(|error| error.to_string())
}

#[test]
fn the_later_source_wins() {
    let file = "[server]\nport = 1\n[rooms.main]\nbots = 1\nname = \"File\"";
    let environment = [("PERIHELION_PORT", "2"), ("PERIHELION_BOTS", "2"), ("PERIHELION_LIMITS_LANES_MAX", "5")];
    let settings = read(file, &environment, &[("port", "3")]).unwrap();
    assert_eq!(settings.server.port, 3);
    assert_eq!(settings.limits.lanes_max, 5);
    let (_, room) = &settings.rooms[0];
    assert_eq!((room.bots, room.name.as_deref(), room.chat), (Some(2), Some("File"), ChatMode::Full));
}

#[test]
fn rooms_come_in_the_order_of_the_file_and_with_the_numbers_of_their_mode() {
    let settings =
        read("[rooms.war]\nmode = \"core-war\"\n[rooms.drift]\n[rooms.a]\nmode = \"duel\"", &[], &[]).unwrap();
    let ids: Vec<_> = settings.rooms.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["war", "drift", "a"]);
    assert_eq!((settings.rooms[0].1.mode, settings.rooms[0].1.title()), (GameMode::CoreWar, "Core War".into()));
    assert_eq!(settings.rooms[2].1.players_max(), 2);
}

#[test]
fn a_secret_may_lie_in_a_file_and_is_shown_nowhere() {
    let secret = File::with("open sesame\n");
    let path = secret.0.to_str().unwrap();
    let settings = read("", &[("PERIHELION_ROOMS_MAIN_PASSWORD_FILE", path)], &[]).unwrap();
    assert_eq!(settings.rooms[0].1.password.as_deref(), Some("open sesame"));
    assert!(!settings.print().contains("sesame") && settings.print().contains("not shown"));
    let hook = File::with("https://hooks.example/a/sesame\n");
    let from = [("PERIHELION_MODERATION_WEBHOOK_FILE", hook.0.to_str().unwrap())];
    let settings = read("", &from, &[]).unwrap();
    assert_eq!(settings.moderation.webhook.as_ref().unwrap().text(), "https://hooks.example/a/sesame");
    assert!(!settings.print().contains("sesame") && !format!("{settings:?}").contains("sesame"));
    let error = read("[moderation]\nwebhook = \"sesame\"", &[], &[]).unwrap_err();
    assert!(error.contains("moderation.webhook") && error.contains("https://") && !error.contains("sesame"), "{error}");
    let long = "sesame".repeat(50);
    let error = read("", &[("PERIHELION_ROOMS_MAIN_PASSWORD", &long)], &[]).unwrap_err();
    assert!(error.contains("PERIHELION_ROOMS_MAIN_PASSWORD") && !error.contains("sesame"), "{error}");
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_would_be_right() {
    for (text, words) in [
        ("[server]\n\nport = 70_000", &["line 3", "server.port", "70000", "0 to 65535"][..]),
        ("[server]\nport = \"8080\"", &["line 2", "\"8080\"", "whole number"]),
        ("[server]\nprot = 1", &["line 2", "server.prot", "server.port"]),
        ("[sever]\nport = 1", &["line 1", "sever", "[server]"]),
        ("port = 1", &["line 1", "port", "[server]"]),
        ("[rooms]\nmain = 1", &["line 2", "rooms.main"]),
        ("[rooms.Main]", &["line 1", "Main", "small letters"]),
        ("[rooms.main]\nmode = \"chess\"", &["rooms.main.mode", "chess", "core-war"]),
        ("[rooms.a]\nmode = \"1962\"\nmax_players = 4", &["rooms.a.max_players", "2 at most", "1962"]),
        ("[net]\ntick_hz = 30", &["line 2", "net.tick_hz is 60", "same steps", "snapshot_hz"]),
        ("[net]\nsnapshot_hz = 25", &["net.snapshot_hz", "60, 30, 20 or 15"]),
        ("[net]\nmax_rewind_ms = 201", &["net.max_rewind_ms", "0 to 200"]),
        ("[net]\nmax_bytes_per_s = 5999", &["net.max_bytes_per_s", "6000 to 1000000"]),
        ("[rooms.main]\nmode = \"drft\"", &["is drift meant by \"drft\"?"]),
        (
            "[rooms.a]\nmutators = [\"rich-kills\", \"low-gravty\"]",
            &["rooms.a.mutators", "open-hangar or weekly", "is low-gravity meant by \"low-gravty\"?"],
        ),
        ("[limits]\nhello_timeout = 0", &["limits.hello_timeout", "0.1 to 60"]),
        ("[limits]\nhello_timeout = [1]", &["limits.hello_timeout", "a list"]),
        ("[server]\nport = 0xfffff", &["1048575"]),
        ("[server]\nname = \"a\nb\"", &["line "]),
        ("[server]\nport = 1\nport = 2", &["line 3", "duplicate"]),
        ("[server]\nmax_players = 4\nreserved_slots = 4", &["server.reserved_slots is 4", "less than", "which is 4"]),
    ] {
        let error = read(text, &[], &[]).expect_err(text);
        for word in words {
            assert!(error.contains(word), "{word:?} of {text:?} in {error}");
        }
        assert!(!error.contains('\n'), "{error}");
    }
    let error = read("", &[("PERIHELION_PORT", "x")], &[]).unwrap_err();
    assert!(error.starts_with("PERIHELION_PORT is \"x\""), "{error}");
    let error = read("[rooms.a]\n[rooms.b]", &[], &[("bots", "3")]).unwrap_err();
    assert!(error.contains("--bots") && error.contains("a, b"), "{error}");
    let many: String = (0..=ROOMS_MAX).map(|n| format!("[rooms.r{n}]\n")).collect();
    assert!(read(&many, &[], &[]).unwrap_err().contains("64"));
}

#[test]
fn what_is_printed_reads_as_the_same() {
    let file = "[server]\nname = \"Q\\\"\\\\\"\nper_ip = 3\n[limits]\nhello_timeout = 1.5\n[rooms.a]\nseason_minutes = 0.2\n\
        chat = \"off\"\nmutators = [\"weekly\", \"glass-hulls\"]\nseed = 18_446_744_073_709_551_615\n[rooms.b]\nmode = \"duel\"";
    let printed = read(file, &[], &[]).unwrap().print();
    assert_eq!(read(&printed, &[], &[]).unwrap().print(), printed);
    for line in ["name = \"Q\\\"\\\\\"", "hello_timeout = 1.5", "season_minutes = 0.2", "seed = 18446744073709551615"] {
        assert!(printed.lines().any(|printed| printed == line), "{line} in {printed}");
    }
}

#[test]
fn the_example_in_the_documentation_is_what_the_program_prints() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/perihelion.example.toml");
    let example = std::fs::read_to_string(path).unwrap_or_default();
    let printed = read("", &[], &[]).unwrap().print();
    assert!(example == printed, "write it anew: perihelion --print-config > docs/perihelion.example.toml");
}

#[test]
fn what_differs_is_known_by_key_and_by_whether_it_waits() {
    let old = read("[server]\nport = 1\n[rooms.a]\nbots = 1\n[rooms.b]", &[], &[]).unwrap();
    let new = read(
        "[server]\nport = 2\nmotd = \"x\"\n[limits]\nlanes_max = 3\n[rooms.a]\nbots = 2\nwins = 3\n[rooms.c]",
        &[],
        &[],
    );
    let (live, later) = old.changes(&new.unwrap());
    assert_eq!(live, ["server.motd", "limits.lanes_max", "rooms.a.bots", "rooms.a.wins", "rooms.b", "rooms.c"]);
    assert_eq!(later, ["server.port"]);
}

#[test]
fn a_variable_that_is_none_of_ours_is_noticed() {
    let environment = pairs(&[
        ("PERIHELION_BOST", "1"),
        ("PERIHELION_BOTS", "1"),
        ("HOME", "/"),
        ("PERIHELION_ROOMS_MAIN_PASSWORD_FILE", "x"),
    ]);
    let sources = Sources { environment, ..Sources::default() };
    assert_eq!(sources.unknown_variables(&[RoomId::main()]), ["PERIHELION_BOST"]);
}

/// Texts that look like settings often enough to get past the first check.
fn lines() -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec![
        "port",
        "name",
        "bind",
        "mutators",
        "motd",
        "bots",
        "mode",
        "seed",
        "hello_timeout",
        "password",
        "season_minutes",
        "x",
        "loopback_exempt",
        "public_url",
    ]);
    let values = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}")),
        any::<bool>().prop_map(|truth| truth.to_string()),
        "\\PC{0,40}".prop_map(|text| kind::quoted(&text)),
        "\\PC{0,12}",
        Just("[1, {a = 2}]".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
    ];
    let line = prop_oneof![
        (keys, values).prop_map(|(key, value)| format!("{key} = {value}")),
        prop::sample::select(vec![
            "[server]",
            "[limits]",
            "[net]",
            "[rooms.main]",
            "[rooms.b]",
            "[rooms]",
            "[[rooms]]",
            "#"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,20}",
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a file holds, it is taken or refused in one line; and what is taken is printed and taken again.
    #[test]
    fn no_file_breaks_it(text in lines()) {
        match read(&text, &[], &[]) {
            Ok(settings) => {
                let printed = settings.print();
                // A password is not printed: nothing else may get lost.
                let again = read(&printed, &[], &[]).map_err(TestCaseError::fail)?;
                if !printed.contains("not shown") {
                    prop_assert_eq!(again.print(), printed);
                }
            }
            Err(line) => prop_assert!(!line.contains('\n'), "{}", line),
        }
    }

    /// The same for what comes from the environment.
    #[test]
    fn no_variable_breaks_it(port in "\\PC{0,10}", minutes in "\\PC{0,10}", url in "(https?://)?\\PC{0,20}") {
        let environment =
            [("PERIHELION_PORT", &*port), ("PERIHELION_SEASON_MINUTES", &*minutes), ("PERIHELION_PUBLIC_URL", &*url)];
        if let Err(line) = read("", &environment, &[]) {
            prop_assert!(line.starts_with("PERIHELION_") && !line.contains('\n'), "{}", line);
        }
    }
}
