//! `okrd`, the server. This program parses the command line, says what comes of it, and gives each
//! failure its exit code; what is done is the library's.

mod admin;
mod args;
mod backup;
mod doctor;
mod failure;
mod health;
mod output;
mod rotation;
mod serve;
mod stats;
mod supervisor;
mod upgrade;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Verb};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::unusable(&error),
    };
    let output = Output {
        json: arguments.json,
    };
    let is_server = matches!(arguments.verb, Verb::Serve(_));
    output::log_to_standard_error(arguments.log, is_server);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments.verb, &output)),
        Err(error) => Err(Failure::trouble(format!(
            "the system gives no threads: {error}"
        ))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.fail(&failure);
            ExitCode::from(failure.exit)
        }
    }
}

async fn run(verb: Verb, output: &Output) -> Result<(), Failure> {
    match verb {
        Verb::Init(init) => admin::init(init, output).await,
        Verb::Serve(serve) => serve::serve(serve, output).await,
        Verb::Workspace(verb) => admin::workspace(verb, output).await,
        Verb::Invite(invite) => admin::invite(invite, output).await,
        Verb::Member(verb) => admin::member(verb, output).await,
        Verb::Token(verb) => admin::token(verb, output).await,
        Verb::Device(verb) => admin::device(verb, output).await,
        Verb::Key(verb) => rotation::key(verb, output).await,
        Verb::Cert(verb) => rotation::cert(verb, output).await,
        Verb::Verify(verify) => admin::verify(verify, output).await,
        Verb::Stats(data) => stats::stats(data, output).await,
        Verb::Doctor(doctor) => doctor::doctor(doctor, output).await,
        Verb::Health(health) => health::health(health, output).await,
        Verb::Upgrade(upgrade) => upgrade::upgrade(upgrade, output).await,
        Verb::Backup(verb) => backup::backup(verb, output).await,
        Verb::Restore(verb) => backup::restore(verb, output).await,
    }
}
