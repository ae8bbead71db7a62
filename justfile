# Recipes for everyday work. `just` alone lists them; each also works typed by hand.

# Lists the recipes.
default:
    @just --list --unsorted

# Runs all tests, as the README says.
test *ARGS:
    cargo test --workspace {{ARGS}}

# Runs all tests in parallel processes; needs cargo-nextest.
nextest *ARGS:
    cargo nextest run --workspace {{ARGS}}

# Checks formatting and lints; any warning fails.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Formats all sources.
fmt:
    cargo fmt --all

# Checks licences, sources and banned crates; needs cargo-deny.
deny:
    cargo deny check bans licenses sources

# Checks the protobuf sources; needs buf.
proto:
    buf lint

# Builds the API documentation; any warning fails.
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Plays a sales quarter on three machines and a server.
demo *ARGS:
    cargo run --release --bin okr -- demo {{ARGS}}

# Does all that must hold before a change lands.
ci:
    .ci/run
