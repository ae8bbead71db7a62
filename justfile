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

# Takes the README's pictures anew; needs Chromium.
pictures:
    cargo run -p quarterdeck-tests --example pictures -- docs/pictures

# Measures what docs/performance.md reports, on a quiet machine and a real disk below DIR; takes a quarter of an hour.
bench DIR=(justfile_directory() / "target"):
    cargo bench -p quarterdeck-core --bench fold
    cargo bench -p quarterdeck-ledger --bench append -- {{DIR}}
    for batch in 1 25 1000; do store="$(mktemp -d -p {{DIR}})"; cargo run --release --quiet -p quarterdeck-ledger --example ledger_store -- measure "$store" 100000 "$batch"; rm -r "$store"; done
    cargo bench -p quarterdeck-server --bench push -- {{DIR}}
    cargo bench -p quarterdeck-server --bench loopback -- {{DIR}}
    cargo bench -p quarterdeck-sync --bench intake
    cargo bench -p quarterdeck-sync --bench verify
    cargo bench -p quarterdeck-tests --bench status
    cargo bench -p quarterdeck-cli --bench time_travel -- {{DIR}}
    cargo bench -p quarterdeck-cli --bench retro -- {{DIR}}

# Kills servers and machines at random instants, and damages stores at random places, new ones each time, in ROUNDS rounds each; a thousand take half an hour.
soak ROUNDS="1000":
    cargo build --release -p quarterdeck-ledger --example ledger_store
    QUARTERDECK_ROUNDS={{ROUNDS}} QUARTERDECK_CHANCE="$(date +%s)" cargo test --release -p quarterdeck-tests --test killed_at_random --test killed_machine -- --nocapture
    LEDGER_CRASH_ROUNDS={{ROUNDS}} QUARTERDECK_ROUNDS={{ROUNDS}} QUARTERDECK_CHANCE="$(date +%s)" cargo test --release -p quarterdeck-ledger --test crash --test damage -- --nocapture
    @echo "soak: {{ROUNDS}} rounds each of kills and damage, and nothing was lost, doubled or passed over in silence"

# Cuts the power of a simulated disk under the ledger, then under a whole server, in CUTS cuts each; needs root, FUSE and fusepy, and says so.
powercut CUTS="60":
    cargo build --release -p quarterdeck-ledger --example ledger_store
    cargo build --release -p quarterdeck-cli -p quarterdeck-server --bins
    python3 tests/powercut/powercut.py --cuts {{CUTS}}
    python3 tests/powercut/powercut.py --server --cuts {{CUTS}}

# Does all that must hold before a change lands.
ci:
    .ci/run

# Measures honest work while somebody attacks the server, in ROUNDS turns of peace and each attack; takes minutes.
abuse ROUNDS="3":
    cargo build --release --bin okr --bin okrd
    cargo run --release --quiet -p quarterdeck-tests --example abuse -- {{ROUNDS}}

# Holds every dependency against the advisories of the RustSec database, which it fetches; needs cargo-deny.
audit:
    cargo deny fetch db
    cargo deny check advisories

# Writes what both programs are made of to target/*.cdx.json (CycloneDX), with versions, checksums and licences.
sbom:
    mkdir -p target
    python3 crates/server/packaging/sbom.py quarterdeck-server > target/okrd.cdx.json
    python3 crates/server/packaging/sbom.py quarterdeck-cli > target/okr.cdx.json

# Fuzzes each reader of outside bytes for SECONDS, or the TARGETS named; needs a nightly toolchain and cargo-fuzz.
fuzz SECONDS="60" *TARGETS:
    tests/fuzz/run {{SECONDS}} {{TARGETS}}

# Plays server and devices on a simulated network, disk and clock: 2,000 seeds, or one with --seed N [--trace].
simulate *ARGS:
    cargo run --release --quiet -p quarterdeck-simulation --bin simulate -- {{ARGS}}

# Cuts, alters and kills backups, restores and giving back, new instants each time, in ROUNDS rounds; takes minutes.
soak-backup ROUNDS="300":
    QUARTERDECK_ROUNDS={{ROUNDS}} QUARTERDECK_CHANCE="$(date +%s)" cargo test --release -p quarterdeck-tests --test backup -- --nocapture refused killed
    @echo "{{ROUNDS}} rounds of cut, altered and killed backups: no violation."
