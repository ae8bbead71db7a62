//! What the manifests say, as cargo reads them. Without a network and without resolving versions: only
//! what a crate asks for itself is its own doing.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Build,
    Dev,
}

/// One crate of the workspace depends on another, or on one from elsewhere.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kind: Kind,
    pub(crate) features: Vec<String>,
}

/// The names of the workspace's crates, sorted.
pub(crate) fn members(workspace: &Path) -> Vec<String> {
    let mut names: Vec<String> = packages(workspace)
        .iter()
        .map(|package| text(&package["name"]))
        .collect();
    names.sort_unstable();
    names
}

/// Every dependency that a crate of the workspace names.
pub(crate) fn edges(workspace: &Path) -> Vec<Edge> {
    let mut edges = Vec::new();
    for package in packages(workspace) {
        for dependency in list(&package["dependencies"]) {
            edges.push(Edge {
                from: text(&package["name"]),
                to: text(&dependency["name"]),
                kind: match dependency["kind"].as_str() {
                    Some("dev") => Kind::Dev,
                    Some("build") => Kind::Build,
                    _ => Kind::Normal,
                },
                features: list(&dependency["features"]).iter().map(text).collect(),
            });
        }
    }
    assert!(!edges.is_empty(), "cargo tells of no dependency at all");
    edges
}

fn packages(workspace: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo's metadata is JSON");
    list(&metadata["packages"]).to_vec()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list in cargo's metadata")
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .expect("a text in cargo's metadata")
        .to_owned()
}
