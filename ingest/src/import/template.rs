//! Text made from a row: `warsaw/{name}`, `{org:group|slug}`.
//!
//! A template is literal text with references in braces. A reference names a column or a derived
//! value, or is `@hash` (twelve hexadecimal digits of the row's content), `@line`, or `prev.NAME`
//! (the row before, in a `change` rule). After bars stand filters: `trim`, `lower`, `slug`, `squeeze`.
//! `{{` is a brace. Invariant: a template either compiles against a file's header or names what is
//! missing; rendering cannot fail.

use super::ImportError;
use unicode_normalization::UnicodeNormalization;

/// A compiled template.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Reference {
        from: From,
        before: bool,
        filters: Vec<Filter>,
    },
}

#[derive(Debug, Clone, Copy)]
enum From {
    Column(usize),
    Value(usize),
    Hash,
    Line,
}

#[derive(Debug, Clone, Copy)]
enum Filter {
    Trim,
    Lower,
    Slug,
    Squeeze,
}

/// The names a template may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) columns: &'a [String],
    pub(crate) values: &'a [String],
}

/// What a template is rendered from.
pub(crate) trait Source {
    /// A cell of the row.
    fn column(&self, index: usize) -> &str;
    /// A derived value of the row.
    fn value(&self, index: usize) -> &str;
    /// The content's hash, in hexadecimal.
    fn hash(&self) -> String;
    /// The line the row begins on.
    fn line(&self) -> u64;
}

impl Template {
    /// Compiles `text`; `prev.` is allowed when `with_prev`.
    pub(crate) fn compile(
        text: &str,
        names: Names<'_>,
        with_prev: bool,
    ) -> Result<Self, ImportError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            literal.push_str(&rest[..open]);
            rest = &rest[open + 1..];
            if let Some(after) = rest.strip_prefix('{') {
                literal.push('{');
                rest = after;
                continue;
            }
            let close = rest
                .find('}')
                .ok_or_else(|| ImportError::Mapping(format!("`{text}`: a brace is not closed")))?;
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(reference(&rest[..close], text, names, with_prev)?);
            rest = &rest[close + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self(parts))
    }

    /// The text for a row, in NFC. Without a row before, `prev.` references are empty.
    pub(crate) fn render(&self, row: &dyn Source, before: Option<&dyn Source>) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Reference {
                    from,
                    before: of_before,
                    filters,
                } => {
                    let Some(row) = (if *of_before { before } else { Some(row) }) else {
                        continue;
                    };
                    match from {
                        From::Column(index) if filters.is_empty() => {
                            out.push_str(row.column(*index));
                        }
                        From::Value(index) if filters.is_empty() => out.push_str(row.value(*index)),
                        From::Hash => out.push_str(&row.hash()),
                        From::Line => out.push_str(&row.line().to_string()),
                        From::Column(index) => out.push_str(&filtered(row.column(*index), filters)),
                        From::Value(index) => out.push_str(&filtered(row.value(*index), filters)),
                    }
                }
            }
        }
        if unicode_normalization::is_nfc(&out) {
            out
        } else {
            out.nfc().collect()
        }
    }
}

fn reference(
    inner: &str,
    text: &str,
    names: Names<'_>,
    with_prev: bool,
) -> Result<Part, ImportError> {
    let mut pieces = inner.split('|');
    let name = pieces.next().unwrap_or("").trim();
    let filters = pieces
        .map(|filter| match filter.trim() {
            "trim" => Ok(Filter::Trim),
            "lower" => Ok(Filter::Lower),
            "slug" => Ok(Filter::Slug),
            "squeeze" => Ok(Filter::Squeeze),
            other => Err(ImportError::Mapping(format!(
                "`{text}`: no filter `{other}`; there are trim, lower, slug, squeeze"
            ))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (name, before) = match name.strip_prefix("prev.") {
        Some(name) if with_prev => (name, true),
        Some(_) => {
            return Err(ImportError::Mapping(format!(
                "`{text}`: `prev.` stands only in rules for = \"change\""
            )));
        }
        None => (name, false),
    };
    let from = if name == "@hash" {
        From::Hash
    } else if name == "@line" {
        From::Line
    } else if let Some(index) = names.values.iter().position(|value| value == name) {
        From::Value(index)
    } else if let Some(index) = names.columns.iter().position(|column| column == name) {
        From::Column(index)
    } else {
        return Err(ImportError::Mapping(format!(
            "`{text}`: the file has no column `{name}` and the mapping no value of that name"
        )));
    };
    Ok(Part::Reference {
        from,
        before,
        filters,
    })
}

fn filtered(text: &str, filters: &[Filter]) -> String {
    let mut text = text.to_owned();
    for filter in filters {
        text = match filter {
            Filter::Trim => text.trim().to_owned(),
            Filter::Lower => text.to_lowercase(),
            Filter::Squeeze => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Filter::Slug => slug(&text),
        };
    }
    text
}

/// Lower-case ASCII letters, digits and single hyphens. Marks are taken off letters (`Żoliborz` is
/// `zoliborz`); the two barred letters that have no parts are named.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfd() {
        let c = match c {
            'ł' | 'Ł' => 'l',
            'đ' | 'Đ' => 'd',
            c => c,
        };
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !unicode_normalization::char::is_combining_mark(c)
            && !out.ends_with('-')
            && !out.is_empty()
        {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(Vec<&'static str>);

    impl Source for Row {
        fn column(&self, index: usize) -> &str {
            self.0[index]
        }
        fn value(&self, _: usize) -> &'static str {
            "value"
        }
        fn hash(&self) -> String {
            "abc".to_owned()
        }
        fn line(&self) -> u64 {
            7
        }
    }

    #[test]
    fn renders_and_refuses() {
        let columns = vec!["case:id".to_owned(), "group".to_owned()];
        let values = vec!["v".to_owned()];
        let names = Names {
            columns: &columns,
            values: &values,
        };
        let row = Row(vec!["c 1", "Nhóm Đỏ  2"]);
        let render =
            |text: &str| Template::compile(text, names, false).map(|t| t.render(&row, None));
        assert_eq!(render("x/{case:id}/{v}").unwrap(), "x/c 1/value");
        assert_eq!(render("{group|slug}").unwrap(), "nhom-do-2");
        assert_eq!(render("{group|squeeze|lower}").unwrap(), "nhóm đỏ 2");
        assert_eq!(render("{@hash}@{@line}{{").unwrap(), "abc@7{");
        assert!(render("{nope}").is_err());
        assert!(render("{group").is_err());
        assert!(render("{group|shout}").is_err());
        assert!(render("{prev.group}").is_err());
        let before = Template::compile("{prev.group|slug}-{group}", names, true).unwrap();
        assert_eq!(
            before.render(&row, Some(&Row(vec!["", "A B"]))),
            "a-b-Nhóm Đỏ  2"
        );
    }
}
