#!/usr/bin/env python3
"""Writes what a program of Quarterdeck is made of as a CycloneDX 1.5 document.

    python3 crates/server/packaging/sbom.py quarterdeck-server > okrd.cdx.json

It asks cargo what the program is compiled of for this machine, by Cargo.lock, macros included, and leaves
out what only build scripts and tests need. Checksums are those that cargo holds every download against.
"""

import json
import re
import subprocess
import sys
from pathlib import Path


def cargo(*arguments):
    run = subprocess.run(["cargo", *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr.strip())
    return run.stdout


def checksums():
    lock = Path("Cargo.lock").read_text()
    package = re.compile(r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"')
    return {(name, version): digest for name, version, digest in package.findall(lock)}


def main(program):
    host = re.search(r"host: (\S+)", subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout)[1]
    metadata = json.loads(cargo("metadata", "--locked", "--format-version=1", "--filter-platform", host))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    wanted = cargo("tree", "--locked", "-p", program, "-e", "normal", "--prefix", "none", "-f", "{p}")
    wanted = {tuple(line.replace(" (proc-macro)", "").split()[:2]) for line in wanted.splitlines() if line}
    wanted = {(name, version.removeprefix("v")) for name, version in wanted}
    digests = checksums()

    def reference(package):
        return f"pkg:cargo/{package['name']}@{package['version']}"

    components, dependencies, root = [], [], None
    for node in nodes.values():
        package = packages[node["id"]]
        key = (package["name"], package["version"])
        if key not in wanted:
            continue
        component = {
            "type": "application" if package["name"] == program else "library",
            "bom-ref": reference(package),
            "name": package["name"],
            "version": package["version"],
            "purl": reference(package),
        }
        if package["license"]:
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        if key in digests:
            component["hashes"] = [{"alg": "SHA-256", "content": digests[key]}]
        if package["name"] == program:
            root = component
        else:
            components.append(component)
        on = {
            reference(packages[dependency["pkg"]])
            for dependency in node["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
            and (packages[dependency["pkg"]]["name"], packages[dependency["pkg"]]["version"]) in wanted
        }
        dependencies.append({"ref": reference(package), "dependsOn": sorted(on)})
    if root is None:
        sys.exit(f"there is no package {program} here")
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": root},
        "components": sorted(components, key=lambda it: it["bom-ref"]),
        "dependencies": sorted(dependencies, key=lambda it: it["ref"]),
    }
    json.dump(document, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
