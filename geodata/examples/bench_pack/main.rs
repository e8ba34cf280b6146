//! Measures packs of a country's size: writes an OSM extract of so many junctions with a raster,
//! units and points around it, builds the pack, loads it, and asks once who reaches a point.
//!
//! `cargo run --release -p vonglau-geodata --example bench_pack -- [--junctions 5000000] [--keep FOLDER]`
//!
//! Each step runs as a process of its own, so that its time and its greatest memory (`VmHWM` of
//! Linux) are its own. The files are written to a temporary folder and removed, unless kept.

mod city;
mod pbf;
mod reach;

use geodata::{
    Mode, Pack,
    build::{InputFile, Inputs, build},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let junctions: u64 = match value("--junctions") {
        Some(text) => text.parse()?,
        None => 5_000_000,
    };
    let (folder, is_temporary) = match value("--keep") {
        Some(folder) => (PathBuf::from(folder), false),
        None => (
            std::env::temp_dir().join(format!("vonglau-bench-pack-{}", std::process::id())),
            true,
        ),
    };
    if let Some(step) = value("--step") {
        return run_step(&step, junctions, &folder);
    }
    std::fs::create_dir_all(&folder)?;
    let outcome = ["write", "build", "load"].into_iter().try_for_each(|step| {
        let status = Command::new(std::env::current_exe()?)
            .args(["--step", step, "--junctions", &junctions.to_string()])
            .arg("--keep")
            .arg(&folder)
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::from(format!("the step {step} failed")))
        }
    });
    if is_temporary {
        std::fs::remove_dir_all(&folder)?;
    }
    outcome
}

fn run_step(step: &str, junctions: u64, folder: &Path) -> Result<(), Failure> {
    let start = Instant::now();
    match step {
        "write" => city::write(folder, junctions)?,
        "build" => build_pack(folder)?,
        "load" => load_and_ask(folder)?,
        other => return Err(format!("no step is called {other}").into()),
    }
    println!(
        "{step}: {:.1} s in all ({:.1} s of the processor), at most {} MB of memory",
        start.elapsed().as_secs_f64(),
        processor_s().unwrap_or(f64::NAN),
        peak_mb().map_or_else(|| "?".to_owned(), |mb| mb.to_string())
    );
    Ok(())
}

fn build_pack(folder: &Path) -> Result<(), Failure> {
    let path = |name: &str| folder.join(name);
    let paths = [
        city::UNITS,
        city::TABLE,
        city::RASTER,
        city::ROADS,
        city::POINTS,
    ]
    .map(path);
    let file = |at: usize, name: &'static str| InputFile::at(name, &paths[at]);
    let start = Instant::now();
    let built = build(&Inputs {
        name: "Thành phố thử",
        version: "1",
        command: "bench_pack",
        units: file(0, city::UNITS),
        attributes: file(1, city::TABLE),
        population: file(2, city::RASTER),
        roads: file(3, city::ROADS),
        outlines: None,
        districts: None,
        branches: None,
        points: Some(file(4, city::POINTS)),
        gtfs: None,
        terms: None,
    })?;
    let built_s = start.elapsed().as_secs_f64();
    for effect in &built.report.effects {
        println!("  {effect}");
    }
    let roads = &built.pack.roads;
    println!(
        "  {} junctions, {} edges, {:.0} km, {} cells, {} points",
        roads.nodes().len(),
        roads.edges().len(),
        roads.length_km(),
        built.pack.cells.len(),
        built.pack.points.len()
    );
    let bytes = built.pack.write()?;
    std::fs::write(path(city::PACK), &bytes)?;
    println!(
        "  built in {built_s:.1} s, written in {:.1} s: {:.1} MB, from an extract of {:.1} MB",
        start.elapsed().as_secs_f64() - built_s,
        bytes.len() as f64 / 1e6,
        std::fs::metadata(path(city::ROADS))?.len() as f64 / 1e6
    );
    Ok(())
}

fn load_and_ask(folder: &Path) -> Result<(), Failure> {
    let start = Instant::now();
    let bytes = std::fs::read(folder.join(city::PACK))?;
    let pack = Pack::read(&bytes)?;
    drop(bytes);
    let loaded_s = start.elapsed().as_secs_f64();
    println!("  loaded in {loaded_s:.1} s");
    let answer = reach::minutes(&pack, Mode::Motorbike);
    let covered: u64 = pack
        .cells
        .iter()
        .zip(&answer)
        .filter(|(_, minutes)| **minutes < 30.0)
        .map(|(cell, _)| u64::from(cell.population))
        .sum();
    println!(
        "  asked in {:.1} s: {covered} of {} people reach a point in under 30 minutes",
        start.elapsed().as_secs_f64() - loaded_s,
        pack.population()
    );
    Ok(())
}

/// Seconds of the processor that this process has had, its own and the system's for it; tells how
/// long a step takes on a machine with nothing else to do. Linux counts in hundredths.
fn processor_s() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name may hold blanks; the fields after it are counted from its bracket.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let own: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((own + system) / 100.0)
}

/// The greatest memory of this process so far, in MB; `None` where the system does not tell.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kb: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kb / 1024)
}
