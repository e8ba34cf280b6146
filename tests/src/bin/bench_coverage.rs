//! How fast coverage is: the city from its loaded pack, a point that moves, one reach on 200,000 junctions, and (asked for by
//! `country`: a minute, 1.2 GB) a generated country of 5 million junctions, 3.3 million cells and 3,300 points. Prints the best and the
//! median of several runs, and the processor's time where it is long enough to be counted.
//!
//! ```text
//! bench_coverage [city|reach|country|rivals]
//! ```
//!
//! `rivals` puts the nearest point of every cell on 200,000 junctions to SciPy's `dijkstra` and to pandana, on the same arcs,
//! and compares what they say. They are Python's: `PYTHON` names an interpreter that has scipy and pandana
//! (`tests/rivals/requirements.txt`).

use analytics::coverage::{
    Change, Coverage, Mode, Mover, OpenPoint, Opening, PointRef, Rule, Sensitivity, Supply,
    TravelSettings, WeekCoverage, WeekSet, Within, Workspace, Zones, catchment, equity, gaps,
    generate, select, sensitivity, shares, summary,
};
use geodata::{KindSet, LonLat, Pack};
use std::time::{Duration, Instant};

fn main() {
    let asked = std::env::args().nth(1).unwrap_or_default();
    if matches!(asked.as_str(), "" | "city") {
        city();
    }
    if matches!(asked.as_str(), "" | "reach") {
        reach();
    }
    if asked == "country" {
        country();
    }
    if asked == "rivals" {
        rivals();
    }
}

/// The nearest point of every cell, by us and by others.
fn rivals() {
    println!("== 200,000 junctions, beside others");
    let generated = generate::network(200_000, 1);
    let ground = &generated.ground;
    let refs = generated.refs();
    let rule = Rule::default();
    let alone = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a pool");
    let reaches = timed("ours, all threads", 20, || ground.nearest(&refs, &rule));
    alone.install(|| timed("ours, one thread", 20, || ground.nearest(&refs, &rule)));

    let plain = ground.plain_arcs(&refs);
    let folder = std::env::temp_dir().join(format!("vonglau-rivals-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let write = |name: &str, bytes: Vec<u8>| {
        std::fs::write(folder.join(name), bytes).expect("the temporary folder is writable");
    };
    let of_u32 = |get: fn(&(u32, u32, f64)) -> u32| -> Vec<u8> {
        plain
            .arcs
            .iter()
            .flat_map(|arc| get(arc).to_le_bytes())
            .collect()
    };
    write("from", of_u32(|arc| arc.0));
    write("to", of_u32(|arc| arc.1));
    let minutes = plain.arcs.iter().flat_map(|arc| arc.2.to_le_bytes());
    write("minutes", minutes.collect());
    let ours = reaches
        .iter()
        .flat_map(|reach| reach.network_minutes.unwrap_or(f64::INFINITY).to_le_bytes());
    write("ours", ours.collect());
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/rivals/nearest.py");
    let counts = [plain.junctions, plain.cells, plain.points].map(|n| n.to_string());
    let done = std::process::Command::new(&python)
        .arg(script)
        .arg(&folder)
        .args(counts)
        .status();
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(status) if status.success() => {}
        Ok(status) => {
            println!("the rivals did not run ({status}): PYTHON must have scipy and pandana");
        }
        Err(e) => println!("the rivals did not run ({python}: {e}): set PYTHON"),
    }
}

/// Runs something several times and prints how long it took.
fn timed<T>(what: &str, runs: usize, mut run: impl FnMut() -> T) -> T {
    let mut times: Vec<Duration> = Vec::new();
    let cpu = cpu_seconds();
    let result = loop {
        let start = Instant::now();
        let result = run();
        times.push(start.elapsed());
        if times.len() >= runs {
            break result;
        }
    };
    let cpu = (cpu_seconds() - cpu) / runs as f64;
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{what:<58} best {:>9.3} ms  median {:>9.3} ms  processor {:>8.1} ms  ({runs} runs)",
        ms(times[0]),
        ms(times[times.len() / 2]),
        cpu * 1000.0
    );
    result
}

/// Processor time of all threads so far, in steps of 10 ms.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let field = |at: usize| fields.get(at).and_then(|f| f.parse().ok()).unwrap_or(0.0);
    let ticks: f64 = field(11) + field(12);
    ticks / 100.0
}

fn peak_mib() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib: u64 = line
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0);
    format!("{} MiB", kib / 1024)
}

fn city() {
    println!("== Hà Nội's pack");
    let pack = Pack::hanoi().expect("the built-in pack");
    let settings = TravelSettings::default();
    let rule = Rule::default();
    let points = select(&pack.points, KindSet::default());
    println!(
        "{} cells, {} junctions, {} edges, {} points",
        pack.cells.len(),
        pack.roads.nodes().len(),
        pack.roads.edges().len(),
        points.len()
    );
    let prepare = || Coverage::prepare(pack, &settings, Mode::Motorbike).expect("settings");
    timed("prepare + compute + summary", 15, || {
        let coverage = prepare();
        let reaches = coverage.compute(&points, &rule);
        summary(&coverage, &reaches, &rule)
    });
    let coverage = timed("prepare alone", 15, prepare);
    let reaches = timed("compute alone", 30, || coverage.compute(&points, &rule));
    let ground = coverage.ground();
    let mut mover = Mover::new(ground, &points, rule).expect("points");
    let mut at = 0usize;
    timed("a point moves (1 km to 10 km)", 600, || {
        at += 1;
        let point = &points[at * 7 % points.len()];
        let step = (at % 13) as f64 * 0.008;
        let place = LonLat {
            lon: point.place.lon + step,
            lat: point.place.lat - step / 2.0,
        };
        let id = point.id.to_owned();
        mover.apply(&Change::Move { id, place }).expect("a move")
    });
    let _ = timed("a point is added and removed", 200, || {
        at += 1;
        let id = format!("new{at}");
        let place = pack.cells.as_slice()[at * 131 % pack.cells.len()].centre();
        let added = mover.apply(&Change::Add {
            id: id.clone(),
            place,
        });
        (added, mover.apply(&Change::Remove { id }))
    });
    let mut workspace = Workspace::default();
    timed("one 30-minute reach", 300, || {
        at += 1;
        ground
            .reach_of(points[at % points.len()].place, 30.0, &mut workspace)
            .len()
    });
    let places: Vec<LonLat> = points.iter().map(|point| point.place).collect();
    let matrix = timed("many-to-many, 156 points, default rule", 8, || {
        ground.matrix(&places, Within::Rule(rule))
    });
    println!("   {} pairs", matrix.pair_count());
    let office = |days: u8, to: u16| {
        let openings: Vec<Opening> = (0..days)
            .flat_map(|weekday| {
                [(450, 690), (810, to)].map(|(from, to)| Opening { weekday, from, to })
            })
            .collect();
        WeekSet::new(&openings).expect("openings")
    };
    let open: Vec<OpenPoint> = places
        .iter()
        .enumerate()
        .map(|(at, place)| OpenPoint {
            place: *place,
            week: office(5 + u8::from(at % 3 == 0), 1020 - (at % 4) as u16 * 15),
        })
        .collect();
    let week = timed("a week's hours", 5, || {
        WeekCoverage::new(ground, &open, &rule)
    });
    println!(
        "   {} sets of open points, {:.2} covered hours a week",
        week.distinct_sets(),
        week.mean_hours()
    );
    let _ = timed("sensitivity, 5 speeds × 4 detours", 3, || {
        sensitivity(
            &coverage,
            &settings,
            &points,
            &rule,
            &Sensitivity::default(),
        )
    });
    timed("equity", 20, || {
        equity(&shares(&reaches), &[0.5, 0.9, 0.95])
    });
    let supplies: Vec<Supply> = places
        .iter()
        .map(|place| Supply {
            place: *place,
            capacity: 10.0,
        })
        .collect();
    timed("E2SFCA", 5, || {
        catchment(ground, &supplies, &Zones::enhanced())
    });
    let waits: Vec<Option<f64>> = (0..points.len())
        .map(|at| (at % 5 != 0).then_some((at % 9) as f64 * 4.0))
        .collect();
    let _ = timed("reach that counts the queue", 10, || {
        ground.served_soonest(&points, &waits)
    });
    let found = timed("gaps", 20, || {
        gaps(
            &reaches,
            &pack.units,
            &[],
            &rule,
            analytics::coverage::Join::default(),
        )
    });
    println!("   {} gaps; peak memory {}", found.len(), peak_mib());
}

fn reach() {
    println!("== a network of 200,000 junctions");
    let generated = timed("generate and snap", 1, || generate::network(200_000, 1));
    let ground = &generated.ground;
    println!(
        "{} cells, {} arcs, {} points",
        ground.cell_count(),
        ground.arc_count(),
        generated.points.len()
    );
    let mut workspace = Workspace::default();
    // Builds the indexes and the workspace.
    ground.reach_of(generated.points[0].1, 30.0, &mut workspace);
    let mut at = 0;
    let mut cells = 0;
    let runs = 400;
    timed("one 30-minute reach", runs, || {
        at += 1;
        cells += ground
            .reach_of(
                generated.points[at % generated.points.len()].1,
                30.0,
                &mut workspace,
            )
            .len();
    });
    println!("   {} cells a reach", cells / runs);
    let refs = generated.refs();
    timed("nearest point for every cell", 10, || {
        ground.nearest(&refs, &Rule::default())
    });
}

fn country() {
    println!("== a country");
    let generated = timed("generate and snap", 1, || generate::network(5_000_000, 1));
    let ground = &generated.ground;
    println!(
        "{} junctions, {} arcs, {} cells, {} points; {} MiB of ground; peak {}",
        ground.node_count(),
        ground.arc_count(),
        ground.cell_count(),
        generated.points.len(),
        ground.bytes() >> 20,
        peak_mib()
    );
    let refs: Vec<PointRef<'_>> = generated.refs();
    let rule = Rule::default();
    let reaches = timed("nearest point for every cell, all threads", 3, || {
        ground.nearest(&refs, &rule)
    });
    let covered = reaches.iter().filter(|reach| reach.covered).count();
    println!("   {covered} cells covered; peak {}", peak_mib());
    let alone = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a pool");
    let serial =
        alone.install(|| timed("the same, one thread", 1, || ground.nearest(&refs, &rule)));
    println!("   same result: {}", serial == reaches);
    drop(serial);
    drop(reaches);
    let mut mover = Mover::new(ground, &refs, rule).expect("points");
    let mut at = 0;
    timed("a point moves", 30, || {
        at += 1;
        let point = refs[at * 37 % refs.len()];
        let place = LonLat {
            lon: point.place.lon + 0.03,
            lat: point.place.lat,
        };
        mover
            .apply(&Change::Move {
                id: point.id.to_owned(),
                place,
            })
            .expect("a move")
            .cells
            .len()
    });
    println!("   peak {}", peak_mib());
}
