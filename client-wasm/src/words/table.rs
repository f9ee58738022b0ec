//! The table. A row: the word, its key in index.html, English, German. Invariant: keys are unique.

use super::Language;

macro_rules! words {
    ($($word:ident $key:literal $english:literal $german:literal;)+) => {
        /// Something the page says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Word {
            $(#[doc = $english] $word),+
        }

        impl Word {
            /// Every word.
            pub const ALL: &[Word] = &[$(Word::$word),+];

            /// Its key in index.html.
            #[must_use]
            pub fn key(self) -> &'static str {
                ROWS[self as usize].0
            }

            /// Its texts, in the order of [`Language::ALL`].
            #[must_use]
            pub fn texts(self) -> &'static [&'static str; Language::COUNT] {
                &ROWS[self as usize].1
            }
        }

        /// Keys and texts, in the order of [`Word`].
        static ROWS: [(&str, [&str; Language::COUNT]); Word::ALL.len()] = [$(($key, [$english, $german])),+];
    };
}

words! {
    // The lobby.
    Pitch "pitch" "One star. Falling is flying. Shoot anyone." "Ein Stern. Fallen ist Fliegen. Alle sind Ziele.";
    PilotName "pilot-name" "Pilot name" "Pilotenname";
    Play "play" "Play" "Los";
    Thumbs "thumbs" "Left thumb flies. Right thumb shoots." "Linker Daumen fliegt. Rechter Daumen schießt.";
    OnePilot "one-pilot" "1 pilot in the arena now" "1 Pilot in der Arena";
    Pilots "pilots" "{0} pilots in the arena now" "{0} Piloten in der Arena";
    ToPractice "to-practice" "Practise in this tab" "In diesem Tab üben";
    ToCheck "to-check" "Check the connection" "Verbindung prüfen";
    ToLive "to-live" "To the live arena" "Zur offenen Arena";
    Rooms "rooms" "Rooms" "Räume";
    RoomsPrivate "rooms-private" "A room of your own" "Ein eigener Raum";
    RoomsHelp "rooms-help" "Only who has its link finds it. It closes a minute after the last one has left." "Nur wer den Link hat, findet ihn. Eine Minute nach dem letzten Gast schließt er.";
    RoomsMode "rooms-mode" "What is played" "Was gespielt wird";
    RoomsMake "rooms-make" "Open it" "Öffnen";
    RoomsTrouble "rooms-trouble" "The server opens no room now. Try again in a minute." "Der Server öffnet jetzt keinen Raum. Versuche es in einer Minute noch einmal.";
    RoomsUnknown "rooms-unknown" "The server does not say which rooms there are." "Der Server sagt nicht, welche Räume es gibt.";
    RoomPeople "room-people" "{0} of {1} people, {2} bots" "{0} von {1} Leuten, {2} Bots";
    RoomLocked "room-locked" "password" "Passwort";
    RoomPassword "room-password" "Password of this room" "Passwort dieses Raums";
    RoomWatch "room-watch" "Watch" "Zusehen";
    FlyHere "fly-here" "Fly here" "Mitfliegen";
    ModeDrift "mode-drift" "Drift" "Drift";
    ModeCoreWar "mode-core-war" "Core War" "Kernkrieg";
    ModeDuel "mode-duel" "Duel" "Duell";
    Mode1962 "mode-1962" "1962" "1962";
    Boards "boards" "Best flights" "Beste Flüge";
    BoardsDay "boards-day" "Today" "Heute";
    BoardsWeek "boards-week" "7 days" "7 Tage";
    BoardsAll "boards-all" "All time" "Insgesamt";
    BoardsNone "boards-none" "Nobody has come to anything yet." "Noch hat niemand etwas erreicht.";
    BoardsLater "boards-later" "The boards cannot be read now." "Die Listen sind gerade nicht zu lesen.";
    BoardsOwn "boards-own" "You: place {0} with {1} points. Best flight ever: {2}. Flights: {3}, kills: {4}, mostly in the {5}." "Du: Platz {0} mit {1} Punkten. Bester Flug überhaupt: {2}. Flüge: {3}, Abschüsse: {4}, meist im Schiff {5}.";
    BoardsShip "boards-ship" "Ship" "Schiff";
    BoardsPilot "boards-pilot" "Pilot" "Pilot";
    BoardsPoints "boards-points" "Points" "Punkte";
    NoServer "no-server" "No connection to the server" "Keine Verbindung zum Server";
    KeyThrust "key-thrust" "thrust" "Schub";
    KeyAim "key-aim" "aim" "zielen";
    KeyMouse "key-mouse" "mouse" "Maus";
    KeyFire "key-fire" "fire" "feuern";
    KeyBoost "key-boost" "boost" "Boost";
    KeySpecial "key-special" "special" "Spezial";
    KeyBrake "key-brake" "brake" "bremsen";

    // Teams and rounds.
    PitchCoreWar "pitch-core-war" "Core War. Bring ore to your core. Break theirs." "Kernkrieg. Bring Erz zu deinem Kern. Zerbrich ihren.";
    PitchDuel "pitch-duel" "Duel. One life a round. Most rounds win." "Duell. Ein Leben je Runde. Wer mehr Runden gewinnt, siegt.";
    Pitch1962 "pitch-1962" "1962. Two ships, one star. Space comes round." "1962. Zwei Schiffe, ein Stern. Wer hinausfliegt, kommt gegenüber zurück.";
    Contest "contest" "The round" "Die Runde";
    TeamDawn "team-dawn" "Dawn" "Morgen";
    TeamDusk "team-dusk" "Dusk" "Abend";
    OwnCore "own-core" "Own core" "Eigener Kern";
    TheirCore "their-core" "Their core" "Ihr Kern";
    CoreFigures "core-figures" "{0} · {1} points" "{0} · {1} Punkte";
    Hyperspace "hyperspace" "Hyperspace" "Hyperraum";
    RoundNumber "round-number" "Round {0}" "Runde {0}";
    WaitingForFoe "waiting-for-foe" "Waiting for somebody to fight with" "Warten auf jemanden zum Kämpfen";
    Victory "victory" "Victory" "Sieg";
    Defeat "defeat" "Defeat" "Niederlage";
    Draw "draw" "A draw" "Unentschieden";
    WinsRound "wins-round" "{0} wins the round" "{0} gewinnt die Runde";
    WinsMatch "wins-match" "{0} wins the match" "{0} gewinnt das Spiel";
    NextRoundIn "next-round-in" "next round in {0} s" "nächste Runde in {0} s";
    NextMatchIn "next-match-in" "next match in {0} s" "nächstes Spiel in {0} s";

    // What rare pickups give.
    OverShield "over-shield" "Over-shield" "Überschild";
    MultiFire "multi-fire" "Multi-fire" "Mehrfachfeuer";
    Repel "repel" "Repel" "Abstoß";
    Decoy "decoy" "Decoy" "Köder";

    // Talk.
    Chat "chat" "Chat" "Chat";
    ChatLine "chat-line" "Say to everybody" "Zu allen sagen";
    ChatHelp "chat-help" "Enter sends, Esc leaves. Click a name, here or among the leaders, to mute it or report it." "Enter sendet, Esc schließt. Ein Klick auf einen Namen, hier oder in der Rangliste: stumm schalten, melden.";
    ChatReport "chat-report" "Report" "Melden";
    ChatMuted "chat-muted" "Muted: click to hear again" "Stumm: ein Klick macht wieder hörbar";
    ChatOpen "chat-open" "Write to all" "Allen schreiben";
    ChatSilenced "chat-silenced" "You are muted here: nobody hears you" "Du bist hier stumm: Niemand hört dich";
    ChatCommands "chat-commands" "Only commands here: /help" "Hier nur Befehle: /help";
    Physics "physics" "Physics are changed here:" "Die Physik ist hier anders:";
    MutatorLowGravity "low-gravity" "Low gravity: the star hardly pulls" "Schwache Schwerkraft: Der Stern zieht kaum";
    MutatorHeavyStar "heavy-star" "Heavy star: it pulls more than twice as hard, and burns" "Schwerer Stern: Er zieht mehr als doppelt so stark und brennt";
    MutatorGlassHulls "glass-hulls" "Glass hulls: one good burst is enough" "Gläserne Rümpfe: Eine gute Salve genügt";
    MutatorFullThrottle "full-throttle" "Full throttle: ships are faster in every way" "Vollgas: Die Schiffe sind in allem schneller";
    MutatorLongShots "long-shots" "Long shots: bolts fly fast and far" "Weitschüsse: Geschosse fliegen schnell und weit";
    MutatorRichKills "rich-kills" "Rich kills: a kill is worth three" "Reiche Beute: Ein Abschuss zählt dreifach";
    MutatorFullBatteries "full-batteries" "Full batteries: energy and shields come back fast" "Volle Batterien: Energie und Schilde sind schnell wieder da";
    MutatorOpenHangar "open-hangar" "Open hangar: every ship is free" "Offener Hangar: Jedes Schiff ist umsonst";
    PhysicsUsual "physics-usual" "Physics are as usual again" "Die Physik ist wieder wie üblich";
    ChatHushed "chat-hushed" "Too fast: your last line was not heard" "Zu schnell: Die letzte Zeile wurde nicht gehört";
    QuickOpen "quick-open" "Quick" "Kurz";
    QuickWords "quick-words" "Quick words" "Kurze Worte";
    QuickShot "quick-shot" "Good shot" "Guter Schuss";
    QuickHelp "quick-help" "Help!" "Hilfe!";
    QuickFollow "quick-follow" "Follow me" "Mir nach";
    QuickThanks "quick-thanks" "Thanks" "Danke";
    QuickSorry "quick-sorry" "Sorry" "Verzeihung";
    QuickPlayed "quick-played" "Well played" "Gut gespielt";
    QuickDanger "quick-danger" "Danger!" "Vorsicht!";
    QuickNo "quick-no" "No" "Nein";

    // The flight school.
    School "school" "Flight school" "Flugschule";
    Skip "skip" "Skip" "Überspringen";
    SchoolThrust "school-thrust" "1 Thrust" "1 Schub";
    SchoolThrustWords "school-thrust-words" "Hold {0}. The engine pushes where the nose points, and the nose follows the mouse." "Halte {0}. Der Antrieb schiebt dorthin, wohin der Bug zeigt, und der folgt der Maus.";
    SchoolThrustTouch "school-thrust-touch" "Push the left thumb. The engine pushes where the nose points." "Schiebe mit dem linken Daumen. Der Antrieb schiebt dorthin, wohin der Bug zeigt.";
    SchoolDrift "school-drift" "2 Drift" "2 Treiben";
    SchoolDriftWords "school-drift-words" "Let go of everything. Nothing slows you down: turn, look around, and the ship flies on." "Lass alles los. Nichts bremst dich: Dreh dich, sieh dich um, das Schiff fliegt weiter.";
    SchoolOrbit "school-orbit" "3 Orbit" "3 Umlauf";
    SchoolOrbitWords "school-orbit-words" "Coast among the rocks of a belt, engines off, for five seconds: your energy comes back faster there." "Treibe fünf Sekunden ohne Antrieb zwischen den Brocken eines Gürtels: Dort lädt die Energie schneller.";
    SchoolSlingshot "school-slingshot" "4 Slingshot" "4 Schleuder";
    SchoolSlingshotWords "school-slingshot-words" "Fall past the star, close by and not into it. Its pull makes you faster than your engine can." "Falle dicht am Stern vorbei, nicht hinein. Sein Zug macht dich schneller als dein Antrieb.";
    SchoolCurve "school-curve" "5 Curved shot" "5 Krummer Schuss";
    SchoolCurveWords "school-curve-words" "Near the star shots bend. Hit a rock or a ship with one that flew in an arc." "Nahe am Stern fliegen Schüsse krumm. Triff einen Brocken oder ein Schiff im Bogen.";
    SchoolDone "school-done" "You can fly" "Du kannst fliegen";
    SchoolDoneWords "school-done-words" "That was all. The others wait in the live arena." "Das war alles. Die anderen warten in der offenen Arena.";

    // Ships.
    Ship "ship" "Ship" "Schiff";
    FromPoints "from-points" "from {0} points" "ab {0} Punkten";
    Spark "spark" "quick bolts, boost" "schnelle Bolzen, Boost";
    Needle "needle" "twin bolts, afterburner" "Zwillingsbolzen, Nachbrenner";
    Prospector "prospector" "cutting beam, tractor" "Schneidstrahl, Traktor";
    Anvil "anvil" "scatter gun, ram shield" "Schrotkanone, Rammschild";
    Lancer "lancer" "one long ray, far sight" "ein langer Strahl, Weitblick";
    Wraith "wraith" "splinters, cloak" "Splitter, Tarnung";
    Tender "tender" "light bolts, repair beam, tow line" "leichte Bolzen, Reparaturstrahl, Schlepptau";
    Gravitor "gravitor" "mines, gravity well" "Minen, Schwerkraftsenke";
    Dreadnought "dreadnought" "turrets, torpedo, broadside" "Türme, Torpedo, Breitseite";
    BetterShip "better-ship" "A better ship" "Ein besseres Schiff";
    OreBuys "ore-buys" "Your ore buys a better ship" "Dein Erz reicht für ein besseres Schiff";
    Fast "fast" "FAST" "SCHNELL";
    Rich "rich" "RICH" "REICH";
    Tough "tough" "TOUGH" "ZÄH";
    Far "far" "FAR" "WEIT";
    Unseen "unseen" "UNSEEN" "UNSICHTBAR";
    Mending "mending" "MENDING" "HEILEND";
    Traps "traps" "TRAPS" "FALLEN";
    Huge "huge" "HUGE" "RIESIG";
    Nimble "nimble" "NIMBLE" "WENDIG";
    Afterburner "afterburner" "Afterburn" "Nachbrenner";
    Tractor "tractor" "Tractor" "Traktor";
    RamShield "ram-shield" "Ram shield" "Rammschild";
    LongView "long-view" "Long view" "Weitblick";
    Cloak "cloak" "Cloak" "Tarnung";
    RepairBeam "repair-beam" "Repair beam" "Reparatur";
    TowLine "tow-line" "Tow line" "Schlepptau";
    GravityWell "gravity-well" "Gravity well" "Senke";
    Broadside "broadside" "Broadside" "Breitseite";
    Torpedo "torpedo" "Torpedo" "Torpedo";
    Boost "boost" "Boost" "Boost";
    Special "special" "Special" "Spezial";

    // Instruments.
    Score "score" "Score" "Punkte";
    Kills "kills" "Kills" "Abschüsse";
    Leaderboard "leaderboard" "Leaderboard" "Rangliste";
    Leaders "leaders" "Leaders" "Spitze";
    MapToggle "map-toggle" "The map, large or small" "Die Karte, groß oder klein";
    MapOwn "map-own" "you" "du";
    MapPath "map-path" "your way" "dein Weg";
    MapPeople "map-people" "people in sight" "Menschen in Sicht";
    MapBots "map-bots" "bots in sight" "Bots in Sicht";
    MapLeader "map-leader" "leader" "Führung";
    MapStar "map-star" "star and its heat" "Stern und seine Hitze";
    MapPlanet "map-planet" "planet" "Planet";
    MapMouth "map-mouth" "wormhole" "Wurmloch";
    MapEdge "map-edge" "edge" "Rand";
    Invite "invite" "Invite" "Einladen";
    InviteHelp "invite-help" "Whoever opens this link flies with you. A phone can read it from the screen." "Wer diesen Link öffnet, fliegt mit dir. Ein Telefon kann ihn vom Bildschirm lesen.";
    InviteLocal "invite-local" "This address works on this computer only. The server prints its address in your network when it starts." "Diese Adresse gilt nur auf diesem Rechner. Seine Adresse in deinem Netz schreibt der Server, wenn er startet.";
    InviteLink "invite-link" "Link to this arena" "Link zu dieser Arena";
    InviteCode "invite-code" "The link as a QR code" "Der Link als QR-Code";
    Clip "clip" "Your best kill" "Dein bester Abschuss";
    ClipOf "clip-of" "{0}, {1} points" "{0}, {1} Punkte";
    ClipSent "clip-sent" "The server is given it…" "Der Server bekommt ihn…";
    ClipKept "clip-kept" "Whoever opens this link sees it. The names of those in sight are in it." "Wer diesen Link öffnet, sieht ihn. Die Namen aller in Sicht stehen darin.";
    ClipTooMany "clip-too-many" "That was often. In a minute the server takes another." "Das war oft. In einer Minute nimmt der Server noch einen.";
    ClipRefused "clip-refused" "The server does not keep it." "Der Server behält ihn nicht.";
    ClipWatch "clip-watch" "Watch it" "Ansehen";
    ClipLink "clip-link" "Link to your best kill" "Link zu deinem besten Abschuss";
    CopyLink "copy-link" "Copy the link" "Link kopieren";
    Copied "copied" "Copied" "Kopiert";
    CopyByHand "copy-by-hand" "Select it and copy" "Markieren und kopieren";
    SeasonLeft "season-left" "Season {0}" "Saison {0}";
    SeasonOver "season-over" "Season {0} is over" "Saison {0} ist vorbei";
    SeasonOverThen "season-over-then" "The season is over" "Die Saison ist vorbei";
    SeasonOwn "season-own" "#{0} of {1} with {2} points" "#{0} von {1} mit {2} Punkten";
    SeasonDeeds "season-deeds" "Kills: {0}, deaths: {1}, best streak: {2}" "Abschüsse: {0}, verloren: {1}, beste Serie: {2}";
    Podium "podium" "The best of the season" "Die Besten der Saison";
    ResultCard "result-card" "Result card" "Ergebniskarte";
    CardHelp "card-help" "A picture of your season, made in this page." "Ein Bild deiner Saison, in dieser Seite gemacht.";
    CardSave "card-save" "Save the picture" "Bild speichern";
    CardShare "card-share" "Share" "Teilen";
    CardHead "card-head" "Season {0} in {1}" "Saison {0} in {1}";
    CardPoints "card-points" "points" "Punkte";
    CardKills "card-kills" "kills" "Abschüsse";
    CardStreak "card-streak" "best streak" "beste Serie";
    CardShip "card-ship" "best ship" "bestes Schiff";
    RankOf "rank-of" "#{0} of {1}" "#{0} von {1}";
    Hull "hull" "Hull" "Hülle";
    Shield "shield" "Shield" "Schild";
    Energy "energy" "Energy" "Energie";
    Ore "ore" "Ore" "Erz";
    Map "map" "Map" "Karte";
    NoNews "no-news" "No fresh news from the server" "Keine frischen Nachrichten vom Server";
    RoundTrip "round-trip" "Round trip to the server (F3: details)" "Umlaufzeit zum Server (F3: Einzelheiten)";
    Sound "sound-m" "Sound (M)" "Ton (M)";
    SoundSwitch "sound-switch" "Sound on or off" "Ton an oder aus";
    SoundOff "sound-off" "♪ off" "♪ aus";
    LineGraphs "line-graphs" "Graphs of the line" "Kurven der Leitung";
    Arena "arena" "The arena" "Die Arena";
    StatusOutside "status-outside" "OUTSIDE THE ARENA · turn back" "AUSSERHALB DER ARENA · umkehren";
    StatusBurning "status-burning" "HULL BURNING" "HÜLLE BRENNT";
    StatusProtected "status-protected" "PROTECTED {0} s" "GESCHÜTZT {0} s";
    StatusOrbit "status-orbit" "IN ORBIT +30 % · ×{0}" "IM ORBIT +30 % · ×{0}";
    StatusBonus "status-bonus" "PERIHELION ×{0}" "PERIHEL ×{0}";
    HintThrust "hint-thrust" "Hold {0} to thrust toward the pointer" "Halte {0} für Schub zum Mauszeiger";
    HintThrustTouch "hint-thrust-touch" "Push the left thumb to fly" "Schieb den linken Daumen zum Fliegen";
    HintThrustPad "hint-thrust-pad" "Hold {0} to thrust where the left stick points" "Halte {0} für Schub, wohin der linke Stick zeigt";
    HintDrift "hint-drift" "Let go of {0}: you drift, and the star bends your path" "Lass {0} los: du treibst, und der Stern krümmt deine Bahn";
    HintDriftTouch "hint-drift-touch" "Let go: you drift, and the star bends your path" "Lass los: du treibst, und der Stern krümmt deine Bahn";
    HintShoot "hint-shoot" "Click or hold {0} to shoot" "Klick oder halte {0} zum Schießen";
    HintShootKey "hint-shoot-key" "Hold {0} to shoot" "Halte {0} zum Schießen";
    HintShootTouch "hint-shoot-touch" "Push the right thumb to shoot" "Schieb den rechten Daumen zum Schießen";
    FilmCut "film-cut" "{0} was cut short: it can be watched up to its last whole second." "{0} ist abgeschnitten: zu sehen bis zur letzten ganzen Sekunde.";
    FilmNone "film-none" "this is not a Perihelion recording" "das ist keine Aufzeichnung von Perihelion";
    FilmFormat "film-format" "a recording in the format of another version of Perihelion" "eine Aufzeichnung im Format einer anderen Version von Perihelion";
    FilmRules "film-rules" "recorded under other rules ({0}, these are {1}): the version that recorded it plays it" "nach anderen Regeln aufgezeichnet ({0}, hier gelten {1}): die Version, die sie aufgezeichnet hat, spielt sie ab";
    FilmDamaged "film-damaged" "damaged at byte {0}" "beschädigt bei Byte {0}";
    FilmDiverged "film-diverged" "diverged by tick {0} ({1} into it)" "weicht ab bei Tick {0} (nach {1})";
    FilmClip "film-clip" "a damaged clip" "ein beschädigter Clip";
    FilmElsewhere "film-elsewhere" "an address here is a path on this server and begins with a single /" "eine Adresse ist hier ein Pfad auf diesem Server und beginnt mit einem einzelnen /";
    FilmLarge "film-large" "larger than the 64 MB that a page opens (perihelion replay FILE has no such limit)" "größer als die 64 MB, die eine Seite öffnet (perihelion replay FILE kennt keine solche Grenze)";
    FilmHalf "film-half" "the server stopped before all of it had come" "der Server hörte auf, bevor alles da war";
    FilmNoServer "film-no-server" "the server cannot be reached" "der Server ist nicht zu erreichen";
    FilmMissing "film-missing" "the server has no such file" "der Server hat keine solche Datei";
    FilmRefused "film-refused" "the server does not give it ({0})" "der Server gibt sie nicht heraus ({0})";
    FilmUnread "film-unread" "the browser cannot read it" "der Browser kann sie nicht lesen";
    NeedsCanvas "needs-canvas" "This page is incomplete: it has no canvas." "Diese Seite ist unvollständig: ihr fehlt die Leinwand.";
    NeedsWebGl "needs-webgl" "Perihelion needs WebGL2 to draw, and this browser does not offer it. Please try a current Firefox, Chrome, Edge or Safari, and check that hardware acceleration is on." "Perihelion braucht WebGL2 zum Zeichnen, und dieser Browser bietet es nicht. Versuche einen aktuellen Firefox, Chrome, Edge oder Safari, und sieh nach, ob die Hardware-Beschleunigung an ist.";
    NeedsWebSockets "needs-websockets" "Perihelion needs WebSockets to reach the arena, and this browser does not offer them." "Perihelion braucht WebSockets, um die Arena zu erreichen, und dieser Browser bietet sie nicht.";
    HintBoost "hint-boost" "{0} boosts, for some energy" "{0}: mehr Schub, für etwas Energie";
    HintOrbit "hint-orbit" "Coast among the rocks round a planet: energy comes back faster" "Treib zwischen den Felsen um einen Planeten: Energie kommt schneller wieder";
    HintRefit "hint-refit" "Ore is points: {0} of {1} for a better ship" "Erz gibt Punkte: {0} von {1} für ein besseres Schiff";
    HintSkip "hint-skip" "No more hints" "Keine Hinweise mehr";
    HintOre "hint-ore" "Break an asteroid and collect its ore" "Zerbrich einen Asteroiden und sammle sein Erz";

    // The feed: between two names, or after one.
    DidShoot "did-shoot" "shot down" "erledigte";
    DidPierce "did-pierce" "pierced" "durchbohrte";
    DidCut "did-cut" "cut apart" "zerschnitt";
    DidBlow "did-blow" "blew apart" "zerfetzte";
    DidTear "did-tear" "tore apart" "zerriss";
    DidMine "did-mine" "mined" "sprengte";
    DidGun "did-gun" "gunned down" "durchsiebte";
    DidTorpedo "did-torpedo" "torpedoed" "torpedierte";
    DidFlatten "did-flatten" "flattened" "plättete";
    DidBurn "did-burn" "burned" "verbrannte";
    DidWreck "did-wreck" "wrecked" "zerschmetterte";
    DidRam "did-ram" "rammed" "rammte";
    DidDriveOut "did-drive-out" "drove out" "vertrieb";
    WasShot "was-shot" "was shot down" "wurde abgeschossen";
    WasStar "was-star" "flew into the star" "flog in den Stern";
    WasPlanet "was-planet" "crashed on a planet" "zerschellte an einem Planeten";
    WasRock "was-rock" "hit a rock" "traf einen Felsen";
    WasRammed "was-rammed" "was rammed" "wurde gerammt";
    WasCore "was-core" "crashed on a core" "zerschellte an einem Kern";
    WasHyperspace "was-hyperspace" "did not come out of hyperspace" "kam nicht aus dem Hyperraum zurück";
    WasLost "was-lost" "was lost beyond the edge" "ging hinter dem Rand verloren";

    // The death card.
    DeathShot "death-shot" "Shot down by {0}" "Abgeschossen von {0}";
    DeathRail "death-rail" "Pierced by the rail of {0}" "Durchbohrt vom Strahl von {0}";
    DeathBeam "death-beam" "Cut apart by {0}" "Zerschnitten von {0}";
    DeathScatter "death-scatter" "Blown apart by {0}" "Zerfetzt von {0}";
    DeathShards "death-shards" "Torn by the splinters of {0}" "Zerrissen von den Splittern von {0}";
    DeathMine "death-mine" "On a mine of {0}" "Auf einer Mine von {0}";
    DeathTurret "death-turret" "Under the turrets of {0}" "Unter den Türmen von {0}";
    DeathTorpedo "death-torpedo" "Torpedoed by {0}" "Torpediert von {0}";
    DeathBroadside "death-broadside" "By a broadside of {0}" "Durch eine Breitseite von {0}";
    DeathRam "death-ram" "Rammed by {0}" "Gerammt von {0}";
    DeathDrivenStar "death-driven-star" "Driven into the star by {0}" "In den Stern getrieben von {0}";
    DeathFleeing "death-fleeing" "Wrecked while fleeing {0}" "Zerschellt auf der Flucht vor {0}";
    DeathDrivenOut "death-driven-out" "Driven off the edge by {0}" "Über den Rand getrieben von {0}";
    DeathDestroyed "death-destroyed" "Destroyed" "Zerstört";
    DeathStar "death-star" "The star took you" "Der Stern hat dich geholt";
    DeathPlanet "death-planet" "You met a planet" "Du bist einem Planeten begegnet";
    DeathRock "death-rock" "You met a rock" "Du bist einem Felsen begegnet";
    DeathCore "death-core" "Crashed on a core" "An einem Kern zerschellt";
    DeathHyperspace "death-hyperspace" "Lost in hyperspace" "Im Hyperraum verloren";
    DeathEdge "death-edge" "Lost beyond the edge" "Verloren hinter dem Rand";
    LessonStar "lesson-star" "Inside the bright ring the star pulls harder than your engine: cross it fast and sideways, or stay out." "Im hellen Ring zieht der Stern stärker als dein Triebwerk: durchquere ihn schnell und quer, oder bleib draußen.";
    LessonEdge "lesson-edge" "Outside the red edge the hull wears away: turn back at once." "Außerhalb des roten Rands zerfällt die Hülle: kehre sofort um.";
    FallDamage "fall-damage" "{0} damage" "{0} Schaden";
    FallAway "fall-away" "{0} u away" "{0} u entfernt";
    FallYou "fall-you" "you {0} ms" "du {0} ms";
    FallThey "fall-they" "they {0} ms" "dort {0} ms";
    FallBot "fall-bot" "a bot" "ein Bot";
    FallAlso "fall-also" "Also: {0}" "Außerdem: {0}";
    WatchBar "watch" "Watch meanwhile" "Inzwischen zusehen";
    WatchCam "watch-cam" "Kill cam" "Kill-Cam";
    WatchKiller "watch-killer" "Killer" "Wer es war";
    WatchLeader "watch-leader" "Leader" "Führung";
    WatchAgain "watch-again" "As {0} saw it" "So sah es {0}";
    WatchWhom "watch-whom" "Watching {0}" "Du siehst {0}";
    WatchFreely "watch-freely" "Free camera: keys or drag" "Freie Kamera: Tasten oder ziehen";
    FlyAgain "fly-again" "Fly again" "Weiterfliegen";
    FlyNext "fly-next" "You fly in the next round" "Du fliegst in der nächsten Runde";
    FlyAgainIn "fly-again-in" "Fly again in {0}" "Weiterfliegen in {0}";
    OrTap "or-tap" "or tap anywhere" "oder tippe irgendwohin";
    OrPress "or-press" "or press {0}, or click anywhere" "oder drücke {0}, oder klick irgendwohin";

    // The line.
    NoWord "no-word" "No word from the server" "Kein Wort vom Server";
    ControlsRest "controls-rest" "the controls rest until there is" "bis dahin ruht die Steuerung";
    PlayAgain "play-again" "Press Play to try again." "„Los“ versucht es noch einmal.";
    Connecting "connecting" "Connecting…" "Verbinde…";
    Reconnecting "reconnecting" "Reconnecting…" "Verbinde erneut…";
    ShipKept "ship-kept" "your ship is kept for you" "dein Schiff wartet auf dich";
    RestartIn "restart-in" "The server restarts in {0} s" "Der Server startet in {0} s neu";
    RestartKeeps "restart-keeps" "Your points are kept; you come back by yourself." "Deine Punkte bleiben; du kommst von selbst zurück.";
    CloseRestart "close-restart" "the server is restarting" "der Server startet neu";
    CloseBye "close-bye" "goodbye" "auf Wiedersehen";
    CloseVersion "close-version" "another version of the game runs here: reload the page" "hier läuft eine andere Version des Spiels: lade die Seite neu";
    CloseProtocol "close-protocol" "the server did not understand a message" "der Server hat eine Nachricht nicht verstanden";
    CloseKicked "close-kicked" "you were removed from the game" "du wurdest aus dem Spiel entfernt";
    CloseFull "close-full" "the server is full" "der Server ist voll";
    CloseRate "close-rate" "too many messages" "zu viele Nachrichten";
    CloseBanned "close-banned" "you are not welcome here" "du bist hier nicht willkommen";
    CloseReplaced "close-replaced" "you connected from another place" "du hast dich von woanders verbunden";
    CloseTooSlow "close-too-slow" "the connection could not keep up" "die Verbindung kam nicht mit";
    CloseRoomGone "close-room-gone" "the room is gone" "den Raum gibt es nicht mehr";
    CloseDraining "close-draining" "the server is closing" "der Server schließt";
    CloseNoRoom "close-no-room" "there is no such room, or no longer" "diesen Raum gibt es nicht, oder nicht mehr";
    CloseLocked "close-locked" "nobody new is let in at the moment" "im Moment wird niemand Neues eingelassen";
    ClosePassword "close-password" "this room asks for a password" "dieser Raum fragt nach einem Passwort";
    WrongPassword "wrong-password" "that is not the password of this room" "das ist nicht das Passwort dieses Raums";
    CloseNoLane "close-no-lane" "there is no connection for this lane" "zu dieser Spur gibt es keine Verbindung";

    // Cards for what went wrong.
    Unsupported "unsupported" "This browser cannot run Perihelion" "Dieser Browser kann Perihelion nicht ausführen";
    UnsupportedWhy "unsupported-why" "The game has not started. It needs WebAssembly, WebGL2 and WebSockets, which every current Firefox, Chrome, Edge and Safari has. If your connection is slow, it may only need a moment more." "Das Spiel ist nicht gestartet. Es braucht WebAssembly, WebGL2 und WebSockets, wie sie jeder aktuelle Firefox, Chrome, Edge und Safari hat. Bei langsamer Verbindung fehlt vielleicht nur noch ein Moment.";
    Broke "broke" "Something broke" "Etwas ist kaputtgegangen";
    BrokeWhy "broke-why" "The game stopped because of an error of ours. Reloading usually helps; the report helps us." "Das Spiel hielt wegen eines Fehlers von uns an. Neu laden hilft meist; der Bericht hilft uns.";
    Report "report" "Report" "Bericht";
    CopyReport "copy-report" "Copy the report" "Bericht kopieren";
    Reload "reload" "Reload" "Neu laden";

    // Recordings.
    WatchRecording "watch-recording" "Watch a recording" "Eine Aufnahme ansehen";
    RecordingWhat "recording-what" "A match that a server wrote down with --record. It is played here, in this page; nothing is sent anywhere." "Ein Spiel, das ein Server mit --record mitgeschrieben hat. Es läuft hier, in dieser Seite; nichts wird irgendwohin gesendet.";
    ChooseFile "choose-file" "Choose a file" "Datei wählen";
    OrDrop "or-drop" "or drop it anywhere on this page" "oder irgendwo auf diese Seite ziehen";
    DropHere "drop-here" "Drop the recording" "Aufnahme hier ablegen";
    ToArena "to-arena" "To the live arena" "Zur Arena";
    Recording "recording" "Recording" "Aufnahme";
    Place "place" "Place in the recording" "Stelle in der Aufnahme";
    PreviousTitle "previous-title" "Previous pilot ([)" "Voriger Pilot ([)";
    Previous "previous" "Previous pilot" "Voriger Pilot";
    Following "following" "Following" "Verfolgt";
    NextTitle "next-title" "Next pilot (] or Tab)" "Nächster Pilot (] oder Tab)";
    Next "next" "Next pilot" "Nächster Pilot";
    FreeTitle "free-title" "Free camera (F): drag to move, wheel to zoom" "Freie Kamera (F): ziehen bewegt, Rad zoomt";
    Free "free" "Free" "Frei";
    FreeCamera "free-camera" "Free camera" "Freie Kamera";
    BackTitle "back-title" "Back (←)" "Zurück (←)";
    Back "back" "Five seconds back" "Fünf Sekunden zurück";
    ToggleTitle "toggle-title" "Play or pause (Space)" "Abspielen oder anhalten (Leertaste)";
    PlayFilm "play-film" "Play" "Abspielen";
    Pause "pause" "Pause" "Anhalten";
    AheadTitle "ahead-title" "Ahead (→)" "Vor (→)";
    Ahead "ahead" "Five seconds ahead" "Fünf Sekunden vor";
    PaceTitle "pace-title" "Pace (↑ ↓)" "Tempo (↑ ↓)";
    Pace "pace" "Pace" "Tempo";
    OpenTitle "open-title" "Open another file" "Andere Datei öffnen";
    Open "open" "Open…" "Öffnen…";
    OpenAnother "open-another" "Open another recording" "Andere Aufnahme öffnen";
    Seeking "seeking" "Seeking… {0} %" "Suche… {0} %";
    ClockOf "clock-of" "{0} of {1}" "{0} von {1}";

    // Settings.
    Settings "settings" "Settings" "Einstellungen";
    Close "close" "Close" "Schließen";
    LanguageWord "language" "Language" "Sprache";
    AsBrowser "as-browser" "As the browser" "Wie der Browser";
    SoundHeading "sound" "Sound" "Ton";
    VolumeMaster "volume-master" "Everything" "Alles";
    VolumeEffects "volume-effects" "Effects" "Effekte";
    VolumeEngine "volume-engine" "Own engine" "Eigenes Triebwerk";
    VolumeMusic "volume-music" "Music" "Musik";
    LooksHeading "looks" "Looks" "Aussehen";
    Zoom "zoom" "Size of the instruments" "Größe der Instrumente";
    PaletteWord "palette" "Colours" "Farben";
    PaletteUsual "palette-usual" "Usual" "Üblich";
    PaletteRedGreen "palette-red-green" "Red and green look alike (deuteranopia, protanopia)" "Rot und Grün ähneln sich (Deuteranopie, Protanopie)";
    PaletteBlueYellow "palette-blue-yellow" "Blue and yellow look alike (tritanopia)" "Blau und Gelb ähneln sich (Tritanopie)";
    Motion "motion" "Motion and flashes" "Bewegung und Blitze";
    Contrast "contrast" "Contrast" "Kontrast";
    AsSystem "as-system" "As the system" "Wie das System";
    Reduced "reduced" "Reduced" "Verringert";
    Full "full" "Full" "Voll";
    High "high" "High" "Hoch";
    Usual "usual" "Usual" "Üblich";
    Particles "particles" "Sparks and debris" "Funken und Trümmer";
    Few "few" "Few" "Wenige";
    NoneAtAll "none" "None" "Keine";
    ShotLine "shot-line" "The way of your next shot" "Der Weg deines nächsten Schusses";
    OrbitLine "orbit-line" "The line ahead of your ship" "Die Linie vor deinem Schiff";
    Names "names" "Names under ships" "Namen unter Schiffen";
    Streamer "streamer" "Streamer mode: others are numbers, and what they write is not shown" "Streamer-Modus: andere sind Nummern, und was sie schreiben, bleibt weg";
    PilotNumber "pilot-number" "Pilot {0}" "Pilot {0}";
    KeysHeading "keys" "Keys and buttons" "Tasten und Knöpfe";
    KeysHelp "keys-help" "Press a button below, then a key. Click it again with a mouse button to take that one. Delete empties it, Escape leaves it as it was. The last column is the gamepad." "Drück unten einen Knopf, dann eine Taste. Ein zweiter Klick darauf nimmt die Maustaste. Entf leert ihn, Escape lässt ihn, wie er war. Die letzte Spalte ist das Gamepad.";
    PressKey "press-key" "Press…" "Drücken…";
    Unbound "unbound" "–" "–";
    BoundTo "bound-to" "{0} is now: {1}." "{0} ist jetzt: {1}.";
    TakenFrom "taken-from" "{0} is now: {1}. It was taken from: {2}." "{0} ist jetzt: {1}. Weggenommen von: {2}.";
    Refused "refused" "{0} belongs to the browser." "{0} gehört dem Browser.";
    Emptied "emptied" "{0} has one key less." "{0} hat eine Taste weniger.";
    WasReset "was-reset" "All keys and buttons are as they came." "Alle Tasten und Knöpfe sind wie zu Beginn.";
    AllReset "all-reset" "Everything is as it came." "Alles ist wie zu Beginn.";
    ResetKeys "reset-keys" "Reset keys" "Tasten zurücksetzen";
    ResetAll "reset-all" "Reset everything" "Alles zurücksetzen";
    NoPad "no-pad" "No gamepad. If one is plugged in, press a button on it." "Kein Gamepad. Falls eines steckt, drück einen Knopf daran.";
    PadHere "pad-here" "Gamepad connected." "Gamepad verbunden.";
    KeyOf "key-of" "{0}: key {1}" "{0}: Taste {1}";
    PadOf "pad-of" "{0}: gamepad" "{0}: Gamepad";

    // Actions.
    ActThrust "act-thrust" "Thrust" "Schub";
    ActReverse "act-reverse" "Reverse" "Rückschub";
    ActLeft "act-left" "Sidewards left" "Seitwärts links";
    ActRight "act-right" "Sidewards right" "Seitwärts rechts";
    ActTurnLeft "act-turn-left" "Turn left" "Drehen links";
    ActTurnRight "act-turn-right" "Turn right" "Drehen rechts";
    ActFire "act-fire" "Fire" "Feuern";
    ActBoost "act-boost" "Boost" "Boost";
    ActSpecial "act-special" "Special" "Spezial";
    ActBrake "act-brake" "Brake" "Bremsen";
    ActRelaunch "act-relaunch" "Fly again" "Weiterfliegen";
    ActTalk "act-talk" "Write to all" "Allen schreiben";
    ActQuick "act-quick" "Quick words" "Kurze Worte";
    ActDetails "act-details" "Details of the line" "Einzelheiten der Leitung";
    ActMap "act-map" "The map, large or small" "Die Karte, groß oder klein";
    ActDismiss "act-dismiss" "Close the podium" "Podium schließen";
    ActMute "act-mute" "Sound on or off" "Ton an oder aus";
    ActSettings "act-settings" "Settings" "Einstellungen";
    ActKillCam "act-kill-cam" "Kill cam" "Kill-Cam";
    ActWatchKiller "act-watch-killer" "Watch: who did it" "Zusehen: wer es war";
    ActWatchPrevious "act-watch-previous" "Watch: previous" "Zusehen: voriger";
    ActWatchNext "act-watch-next" "Watch: next" "Zusehen: nächster";
    ActWatchLeader "act-watch-leader" "Watch: leader" "Zusehen: Führung";
    ActWatchFree "act-watch-free" "Free camera" "Freie Kamera";
    ActCard "act-card" "Ship {0}" "Schiff {0}";

    // Keys that have a word on them.
    KeySpace "key-space" "Space" "Leertaste";
    KeyEnter "key-enter" "Enter" "Enter";
    KeyShift "key-shift" "Shift" "Umschalt";
    KeyBackspace "key-backspace" "Backspace" "Rück";
    KeyLeftButton "key-left-button" "Click" "Klick";
    KeyRightButton "key-right-button" "R click" "R-Klick";
    KeyMiddleButton "key-middle-button" "M click" "M-Klick";
    KeyButton "key-button" "Button {0}" "Maustaste {0}";
    KeyNumpad "key-numpad" "Num {0}" "Num {0}";
}
