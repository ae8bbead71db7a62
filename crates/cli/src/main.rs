//! `okr`: see the library for everything but this line.

fn main() -> std::process::ExitCode {
    quarterdeck_cli::main()
}
