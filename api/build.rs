//! Builds the program anew when the rooms that it carries have changed.

fn main() {
    println!("cargo::rerun-if-changed=../dashboards/dist");
    println!("cargo::rerun-if-changed=build.rs");
}
