//! `GET /scenarios/{id}/export`: a kept scenario computed anew as a file for other programs, with its question and data in it.
//!
//! A row or feature for each cell that it changes (`cells=all`: each cell), with minutes, kilometres and the nearest point before and
//! after: CSV, GeoJSON (RFC 7946, with the changed points), and GeoParquet 1.1 (cells as WKB polygons). And as a page to be printed
//! ([`super::sheet`]).

use std::fmt::Write as _;
use std::sync::Arc;

use analytics::briefing::paper::Language;
use arrow::array::{ArrayRef, BinaryBuilder, BooleanArray, Float64Array, RecordBatch, StringArray};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use geodata::{CellIndex, geojson_out};
use ingest::event::EventTime;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use serde::Deserialize;
use serde_json::{Value, json};

use super::saved::{self, Kept};
use super::scenario::{Cells, computed};
use super::sheet::Sheet;
use crate::http::App;
use crate::http::asking::blocking;
use crate::http::listing::quoted;
use crate::http::problem::Problem;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    format: Format,
    #[serde(default)]
    cells: Cells,
    /// Of the page alone: in which language.
    lang: Option<Language>,
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Csv,
    Geojson,
    Geoparquet,
    Pdf,
}

impl Format {
    /// Its media type, and how the file's name ends.
    const fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("text/csv; charset=utf-8", "csv"),
            Self::Geojson => ("application/geo+json", "geojson"),
            Self::Geoparquet => ("application/vnd.apache.parquet", "parquet"),
            Self::Pdf => ("application/pdf", "pdf"),
        }
    }
}

/// `GET /scenarios/{id}/export`.
pub async fn export(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    let params = match params {
        Ok(Query(params)) => params,
        Err(rejection) => return Problem::from(rejection).into_response(),
    };
    blocking(move || {
        let kept = saved::kept(&app.core, &id)?;
        // The page's map shows each cell.
        let cells = if matches!(params.format, Format::Pdf) {
            Cells::All
        } else {
            params.cells
        };
        let answer = computed(&app, &kept.question, kept.changes.clone(), cells, None)?;
        let of = Exported {
            about: about(&kept, &answer),
            answer,
        };
        let body = match params.format {
            Format::Csv => of.csv(),
            Format::Geojson => of.geojson(),
            Format::Geoparquet => of.geoparquet().map_err(|e| Problem::internal(&e))?,
            Format::Pdf => {
                let sheet = Sheet {
                    pack: app.core.pack,
                    kept: &kept,
                    answer: &of.answer,
                    language: params.lang.unwrap_or(Language::Vi),
                    at: EventTime::now(),
                };
                sheet.pdf().map_err(|e| Problem::internal(&e.into()))?
            }
        };
        let (kind, end) = params.format.kind();
        let name = format!("attachment; filename=\"scenario-{id}.{end}\"");
        let headers = [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ];
        Ok((headers, body))
    })
    .await
}

/// By what the figures were computed, and when.
fn about(kept: &Kept, answer: &Value) -> Value {
    json!({
        "scenario": {"id": kept.id, "name": kept.name, "saved_at": kept.saved_at},
        "question": answer["question"], "data": answer["data"], "computed_at": EventTime::now().to_string(),
        "before": answer["before"], "after": answer["after"], "gained": answer["gained"], "lost": answer["lost"],
    })
}

struct Exported {
    about: Value,
    answer: Value,
}

impl Exported {
    fn cells(&self) -> &[Value] {
        self.answer["cells"].as_array().map_or(&[], Vec::as_slice)
    }

    /// A row for each cell. What holds for all stands in each: a row is often all that is left of a table.
    fn csv(&self) -> Vec<u8> {
        let mut out = String::from(
            "cell,unit,population,approximate,minutes_before,km_before,covered_before,nearest_before,minutes_after,km_after,\
             covered_after,nearest_after,scenario,mode,rule,rule_minutes,rule_km,kinds,pack,pack_version,computed_at\n",
        );
        let text = |value: &Value| value.as_str().map(quoted).unwrap_or_default();
        let bare = |value: &Value| match value {
            Value::Null => String::new(),
            value => value.to_string(),
        };
        let (question, data) = (&self.about["question"], &self.about["data"]);
        let kinds = question["kinds"].as_array().into_iter().flatten();
        let kinds: Vec<&str> = kinds.filter_map(Value::as_str).collect();
        let constant = [
            text(&self.about["scenario"]["id"]),
            text(&question["mode"]),
            text(&question["rule"]),
            bare(&question["minutes"]),
            bare(&question["km"]),
            kinds.join(" "),
            text(&data["pack"]),
            text(&data["version"]),
            text(&self.about["computed_at"]),
        ]
        .join(",");
        for cell in self.cells() {
            let sides = ["before", "after"].map(|side| {
                let side = &cell[side];
                let numbers = ["minutes", "km", "covered"].map(|member| bare(&side[member]));
                format!("{},{}", numbers.join(","), text(&side["nearest"]))
            });
            // Memory can be written.
            let _ = writeln!(
                out,
                "{},{},{},{},{},{constant}",
                text(&cell["cell"]),
                text(&cell["unit"]),
                cell["population"],
                cell["approximate"],
                sides.join(","),
            );
        }
        out.into_bytes()
    }

    fn geojson(&self) -> Vec<u8> {
        let cells = self.cells().iter().filter_map(|cell| {
            let id = cell["cell"].as_str()?;
            let index: CellIndex = id.parse().ok()?;
            let polygon = geojson_out::cell_polygon(index);
            Some(geojson_out::feature_of(id, cell, "Polygon", &polygon))
        });
        let points = self.answer["points"].as_array().into_iter().flatten();
        let points = points.map(|point| {
            let id = point["id"].as_str().unwrap_or_default();
            let place = format!("[{},{}]", point["lon"], point["lat"]);
            geojson_out::feature_of(&format!("point-{id}"), point, "Point", &place)
        });
        let mut all = geojson_out::collection(cells.chain(points));
        // Beside the features: members that RFC 7946 leaves to who writes.
        all.truncate(all.len() - 1);
        let _ = write!(all, ",\"about\":{}}}", self.about);
        all.into_bytes()
    }

    fn geoparquet(&self) -> anyhow::Result<Vec<u8>> {
        let cells = self.cells();
        let text = |of: &dyn Fn(&Value) -> Value| -> ArrayRef {
            let all = cells
                .iter()
                .map(|cell| of(cell).as_str().map(str::to_owned));
            Arc::new(all.collect::<StringArray>())
        };
        let flag = |of: &dyn Fn(&Value) -> Value| -> ArrayRef {
            Arc::new(
                cells
                    .iter()
                    .map(|cell| of(cell).as_bool())
                    .collect::<BooleanArray>(),
            )
        };
        let number = |of: &dyn Fn(&Value) -> Value| -> ArrayRef {
            Arc::new(
                cells
                    .iter()
                    .map(|cell| of(cell).as_f64())
                    .collect::<Float64Array>(),
            )
        };
        let mut polygons = BinaryBuilder::new();
        let mut bounds = [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ];
        for cell in cells {
            let index = cell["cell"]
                .as_str()
                .and_then(|id| id.parse::<CellIndex>().ok());
            match index {
                Some(index) => polygons.append_value(wkb(index, &mut bounds)),
                None => polygons.append_null(),
            }
        }
        let mut columns: Vec<(String, ArrayRef)> = vec![
            ("cell".to_owned(), text(&|cell| cell["cell"].clone())),
            ("unit".to_owned(), text(&|cell| cell["unit"].clone())),
            (
                "population".to_owned(),
                number(&|cell| cell["population"].clone()),
            ),
            (
                "approximate".to_owned(),
                flag(&|cell| cell["approximate"].clone()),
            ),
        ];
        for side in ["before", "after"] {
            for member in ["minutes", "km"] {
                let of = |cell: &Value| cell[side][member].clone();
                columns.push((format!("{member}_{side}"), number(&of)));
            }
            let covered = |cell: &Value| cell[side]["covered"].clone();
            columns.push((format!("covered_{side}"), flag(&covered)));
            let nearest = |cell: &Value| cell[side]["nearest"].clone();
            columns.push((format!("nearest_{side}"), text(&nearest)));
        }
        columns.push(("geometry".to_owned(), Arc::new(polygons.finish())));
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns
                .into_iter()
                .map(|(name, column)| (name, column, true)),
        )?;

        // GeoParquet 1.1: without `crs` it is OGC:CRS84.
        let mut geometry = json!({"encoding": "WKB", "geometry_types": ["Polygon"]});
        if !cells.is_empty() {
            geometry["bbox"] = json!(bounds);
        }
        let geo = json!({
            "version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry},
        });
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_key_value_metadata(Some(vec![
                KeyValue::new("geo".to_owned(), geo.to_string()),
                KeyValue::new("about".to_owned(), self.about.to_string()),
            ]))
            .build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties))?;
        writer.write(&batch)?;
        Ok(writer.into_inner()?)
    }
}

/// A cell's outline as a little-endian WKB polygon of one ring (OGC 06-103r4, 8.2).
fn wkb(cell: CellIndex, bounds: &mut [f64; 4]) -> Vec<u8> {
    let boundary = cell.boundary();
    let ring: Vec<(f64, f64)> = boundary
        .iter()
        .chain(boundary.first())
        .map(|corner| (corner.lng(), corner.lat()))
        .collect();
    let mut out = vec![1];
    for number in [3, 1, ring.len() as u32] {
        out.extend(number.to_le_bytes());
    }
    for (lon, lat) in ring {
        let [west, south, east, north] = *bounds;
        *bounds = [west.min(lon), south.min(lat), east.max(lon), north.max(lat)];
        out.extend(lon.to_le_bytes());
        out.extend(lat.to_le_bytes());
    }
    out
}
