//! The PDF, read back: its tags, its notes about itself, and its words.

use std::collections::HashMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object};

use super::super::fixtures::{MADE_AT, MARKUP};
use super::super::{Form, render};
use super::{papers, sentences, squeezed};
use analytics::briefing::paper::{Block, Language};

fn name_of<'a>(dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
    dictionary.get(key).ok()?.as_name().ok()
}

#[test]
fn the_pdf_is_tagged_titled_and_says_its_language() {
    for (name, paper) in papers() {
        let bytes = render(&paper, Form::Pdf, MADE_AT).unwrap();
        let pdf = Document::load_mem(&bytes).unwrap();
        let catalog = pdf.catalog().unwrap();
        let language = catalog.get(b"Lang").unwrap().as_str().unwrap();
        let wanted = if paper.language == Language::Vi {
            "vi-VN"
        } else {
            "en-GB"
        };
        assert_eq!(String::from_utf8_lossy(language), wanted);
        let marked = pdf.get_dict_in_dict(catalog, b"MarkInfo").unwrap();
        assert!(marked.get(b"Marked").unwrap().as_bool().unwrap());
        assert!(catalog.has(b"StructTreeRoot"));
        let shown = pdf.get_dict_in_dict(catalog, b"ViewerPreferences").unwrap();
        assert!(shown.get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
        let metadata = pdf
            .get_object(catalog.get(b"Metadata").unwrap().as_reference().unwrap())
            .unwrap();
        let mut metadata = metadata.as_stream().unwrap().clone();
        let _ = metadata.decompress();
        let xmp = String::from_utf8(metadata.content).unwrap();
        assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"), "{xmp}");
        assert!(xmp.contains("<dc:title>"));
        assert!(xmp.contains("2026-11-23T01:00:00+00:00"), "{xmp}");

        let dictionaries = || {
            pdf.objects
                .values()
                .filter_map(|object| object.as_dict().ok())
        };
        let tagged = |tag: &[u8]| {
            dictionaries()
                .filter(|one| name_of(one, b"S") == Some(tag))
                .count()
        };
        let tables = paper
            .blocks
            .iter()
            .filter(|block| matches!(block, Block::Table(table) if !table.columns.is_empty()));
        let tables: Vec<&Block> = tables.collect();
        assert_eq!(tagged(b"Table"), tables.len(), "{name}");
        let heads: usize = tables
            .iter()
            .map(|block| {
                if let Block::Table(table) = block {
                    table.columns.len()
                } else {
                    0
                }
            })
            .sum();
        assert_eq!(tagged(b"TH"), heads, "{name}");
        let figures = dictionaries().filter(|one| name_of(one, b"S") == Some(b"Figure"));
        let charts = paper
            .blocks
            .iter()
            .filter(|block| matches!(block, Block::Chart(_)))
            .count();
        let told = figures
            .filter(|one| matches!(one.get(b"Alt"), Ok(Object::String(..))))
            .count();
        assert_eq!(told, charts, "{name}");
        assert!(
            tagged(b"H1") >= 1 && tagged(b"L") >= 1 && tagged(b"Link") >= 1,
            "{name}"
        );
    }
}

/// What the pages say: the glyphs of their content by the fonts' own tables of what each stands for.
fn words_of(pdf: &Document) -> String {
    let mut out = String::new();
    for page in pdf.get_pages().into_values() {
        let mut tables = HashMap::new();
        for (name, font) in pdf.get_page_fonts(page).unwrap() {
            let Ok(table) = font.get(b"ToUnicode").and_then(Object::as_reference) else {
                continue;
            };
            let table = pdf
                .get_object(table)
                .unwrap()
                .as_stream()
                .unwrap()
                .decompressed_content()
                .unwrap();
            tables.insert(name, letters_of(&String::from_utf8(table).unwrap()));
        }
        let mut font = Vec::new();
        for operation in Content::decode(&pdf.get_page_content(page).unwrap())
            .unwrap()
            .operations
        {
            match operation.operator.as_str() {
                "Tf" => font = operation.operands[0].as_name().unwrap().to_vec(),
                "Tj" | "TJ" => {
                    let texts = operation.operands.iter().flat_map(|operand| match operand {
                        Object::Array(texts) => texts.clone(),
                        one => vec![one.clone()],
                    });
                    for glyphs in texts.filter_map(|text| text.as_str().ok().map(<[u8]>::to_vec)) {
                        for glyph in glyphs.chunks(2) {
                            let glyph = u32::from(glyph[0]) << 8 | u32::from(glyph[1]);
                            out.push_str(tables[&font].get(&glyph).map_or("", String::as_str));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    out
}

/// A font's table: `<0001> <0041>` between `beginbfchar` and `endbfchar`, `<0001> <0003> <0041>` in a `bfrange`.
fn letters_of(table: &str) -> HashMap<u32, String> {
    let mut letters = HashMap::new();
    let number = |hex: &str| u32::from_str_radix(hex, 16).unwrap();
    for piece in table.split("beginbf").skip(1) {
        let (kind, rest) = piece.split_at(4);
        let lines = rest
            .split("endbf")
            .next()
            .unwrap()
            .trim_start_matches(|sign: char| sign.is_alphabetic());
        for line in lines.lines() {
            let hexes: Vec<&str> = line
                .split(['<', '>'])
                .filter(|hex| !hex.trim().is_empty())
                .collect();
            let said = |hex: &str, more: u32| {
                let mut units: Vec<u16> = (0..hex.len() / 4)
                    .map(|n| number(&hex[4 * n..4 * n + 4]) as u16)
                    .collect();
                if let Some(last) = units.last_mut() {
                    *last += more as u16;
                }
                String::from_utf16(&units).unwrap()
            };
            match hexes[..] {
                [glyph, text] if kind == "char" => {
                    letters.insert(number(glyph), said(text, 0));
                }
                [first, last, text] if kind == "rang" => {
                    for glyph in number(first)..=number(last) {
                        letters.insert(glyph, said(text, glyph - number(first)));
                    }
                }
                _ => {}
            }
        }
    }
    letters
}

#[test]
fn the_pdf_holds_the_papers_words() {
    for (name, paper) in papers() {
        let pdf = Document::load_mem(&render(&paper, Form::Pdf, MADE_AT).unwrap()).unwrap();
        // What stands at the head and foot of a page comes between the words of a sentence that goes over.
        let simulated = squeezed(paper.simulated.as_deref().unwrap_or_default());
        let text = squeezed(&words_of(&pdf));
        for sentence in sentences(&paper) {
            let found =
                text.contains(&sentence) || text.replace(&simulated, "").contains(&sentence);
            assert!(
                found || name == "awkward",
                "{name} lacks {sentence:?} in\n{text}"
            );
        }
        assert!(
            text.contains(&squeezed(MARKUP)) || name != "awkward",
            "{text}"
        );
    }
}
