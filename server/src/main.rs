//! The binary `perihelion`: arguments in, exit code out.
//!
//! Duty: parse, start, print where to play, wait for a signal, stop. Exit codes: 0 stopped as asked, 2 could not
//! start, or a recording is not right (one line on stderr says why), 75 stopped to be started again, 130 stopped by a second
//! signal; `admin`: 0 done, 1 refused. Everything else is in the library.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use arguments::Parsed;
use server::{
    app::App,
    banner::{Facts, banner},
    cli::{AdminErrand, CommandLine, Order, Start},
    departure::Ending,
    log, network,
    reload::Reloader,
    replay::verify,
    signals::{Hangups, Signals},
};

/// What a supervisor starts a process again after, and nobody takes for a mistake: `EX_TEMPFAIL` of sysexits.h.
const EXIT_RESTART: u8 = 75;

fn main() -> ExitCode {
    let command_line = match arguments::parse::<CommandLine>(std::env::args_os()) {
        Parsed::Run(command_line) => command_line,
        Parsed::Print(text) => {
            say(io::stdout(), &text);
            return ExitCode::SUCCESS;
        }
        Parsed::Refuse(line) => return refuse(&line),
    };
    // What is no Unicode is no setting of ours.
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let start = match command_line.order(environment.collect()) {
        Ok(Order::Serve(start)) => *start,
        Ok(Order::Replay(file)) => return replay(&file),
        Ok(Order::Admin(errand)) => return admin(&errand),
        Ok(Order::Print(text)) => {
            say(io::stdout(), &text);
            return ExitCode::SUCCESS;
        }
        Err(error) => return refuse(&error.to_string()),
    };
    log::install(start.config.server.log);
    network::raise_file_limit();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("cannot start: {error}")),
    };
    let code = runtime.block_on(serve(start));
    // A blocked file read must not hold the exit back.
    runtime.shutdown_background();
    code
}

async fn serve(Start { config, settings, sources }: Start) -> ExitCode {
    let (mut signals, mut hangups) = match Signals::install().and_then(|signals| Ok((signals, Hangups::install()?))) {
        Ok(installed) => installed,
        Err(error) => return refuse(&format!("cannot listen for signals: {error}")),
    };
    let mut app = match App::start(config) {
        Ok(app) => app,
        Err(error) => return refuse(&error.to_string()),
    };
    let admin = app.admin_link().await;
    #[cfg(feature = "sabotage")]
    if let Err(error) = app.panic_on_signal() {
        return refuse(&format!("cannot listen for signals: {error}"));
    }
    let facts = Facts {
        address: app.address(),
        is_encrypted: app.is_encrypted(),
        local: network::local_address(),
        public_url: settings.server.public_url.as_deref(),
        admin: admin.as_deref(),
        data_dir: &settings.server.data_dir,
        protocol: shared::protocol::proto_hash(),
        terminal: io::stdout().is_terminal(),
    };
    say(io::stdout(), &banner(&facts));
    let mut reloader = Reloader::new(sources, settings);
    let by_hand = io::stdin().is_terminal();
    let departure = app.departure().clone();
    let staff_want = loop {
        tokio::select! {
            () = signals.next() => break None,
            ending = departure.due() => break Some(ending),
            // The same signal says that the window was closed in which somebody started the server.
            () = hangups.next() => {
                if by_hand && !io::stdin().is_terminal() {
                    break None;
                }
                // It is in the log.
                let _ = reloader.reload(&app);
            }
            reload = app.reload_wanted() => {
                let outcome = reloader.reload(&app).map_err(|error| format!("{error}; the old settings stay in force"));
                // Who asked may have stopped waiting.
                let _ = reload.send(outcome);
            }
        }
    };
    tracing::info!("stopping; once more stops at once");
    tokio::spawn(signals.exit_at_the_next());
    let ending = match staff_want {
        Some(ending) => ending,
        None => app.drain().await,
    };
    app.end().await;
    match ending {
        Ending::Stop => ExitCode::SUCCESS,
        Ending::Restart => ExitCode::from(EXIT_RESTART),
    }
}

/// Asks the server of a data folder.
fn admin(errand: &AdminErrand) -> ExitCode {
    match errand.run() {
        Ok((true, text)) => {
            say(io::stdout(), &text);
            ExitCode::SUCCESS
        }
        Ok((false, text)) => {
            say(io::stderr(), &text);
            ExitCode::FAILURE
        }
        Err(line) => refuse(&line),
    }
}

fn replay(file: &Path) -> ExitCode {
    match verify(file) {
        Ok(line) => {
            say(io::stdout(), &line);
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&format!("{}: {error}", file.display())),
    }
}

fn refuse(line: &str) -> ExitCode {
    say(io::stderr(), &format!("perihelion: {line}\n"));
    ExitCode::from(2)
}

/// Writes and flushes. A closed pipe at the other end is nothing to stop a server for.
fn say(mut to: impl Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
