//! The parts of the document that hold no words of the paper, but for its title: styles, numbering, header and footer.

use std::fmt::Write as _;

use super::super::text::escape;

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub(super) const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub(super) const RELATION: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub(super) const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/word/header.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/first_header.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/footer.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>"#;

pub(super) const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/></Relationships>"#;

pub(super) const APP: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Vọng Lâu</Application></Properties>"#;

/// What the file says about itself. The texts are escaped already.
pub(super) fn core(title: &str, author: &str, language: &str, stamp: &str) -> String {
    format!(
        "{XML}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>\
         <dc:language>{language}</dc:language>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{stamp}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{stamp}</dcterms:modified></cp:coreProperties>"
    )
}

/// The fixed parts, and each address out of the paper as `out0`, `out1` …
pub(super) fn document_relations(links: &[String]) -> String {
    let mut out = format!(
        "{XML}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    );
    let parts = [
        ("styles", "styles.xml"),
        ("numbering", "numbering.xml"),
        ("settings", "settings.xml"),
        ("header", "header.xml"),
        ("header", "first_header.xml"),
        ("footer", "footer.xml"),
    ];
    for (n, (kind, part)) in parts.into_iter().enumerate() {
        let _ = write!(
            out,
            "<Relationship Id=\"part{n}\" Type=\"{RELATION}/{kind}\" Target=\"{part}\"/>"
        );
    }
    for (n, link) in links.iter().enumerate() {
        let _ = write!(
            out,
            "<Relationship Id=\"out{n}\" Type=\"{RELATION}/hyperlink\" Target=\"{}\" TargetMode=\"External\"/>",
            escape(link)
        );
    }
    out.push_str("</Relationships>");
    out
}

/// A style of paragraphs: its id, its name, what its paragraphs and its letters are like.
fn style(id: &str, name: &str, next: &str, paragraph: &str, letters: &str) -> String {
    format!(
        "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
         <w:next w:val=\"{next}\"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )
}

/// Size in half points.
fn size(half_points: u32) -> String {
    format!("<w:sz w:val=\"{half_points}\"/><w:szCs w:val=\"{half_points}\"/>")
}

/// The styles. Body 13 pt, justified, first lines 1 cm in, at least 6 pt between paragraphs.
pub(super) fn styles(language: &str) -> String {
    let mut out = format!(
        "{XML}<w:styles xmlns:w=\"{MAIN}\"><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>\
         {}<w:lang w:val=\"{language}\" w:eastAsia=\"{language}\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>\
         <w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/><w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/>\
         <w:tblCellMar><w:top w:w=\"30\" w:type=\"dxa\"/><w:left w:w=\"80\" w:type=\"dxa\"/><w:bottom w:w=\"30\" w:type=\"dxa\"/><w:right w:w=\"80\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
         <w:style w:type=\"character\" w:styleId=\"Hyperlink\"><w:name w:val=\"Hyperlink\"/><w:rPr><w:u w:val=\"single\"/></w:rPr></w:style>",
        size(26)
    );
    let bold = "<w:b/><w:bCs/>";
    let kept = "<w:keepNext/><w:keepLines/>";
    let level = |n: u32| {
        format!("{kept}<w:spacing w:before=\"200\" w:after=\"100\"/><w:outlineLvl w:val=\"{n}\"/>")
    };
    let all = [
        style(
            "BodyText",
            "Body Text",
            "BodyText",
            "<w:spacing w:before=\"60\" w:after=\"60\" w:line=\"276\" w:lineRule=\"auto\"/><w:ind w:firstLine=\"567\"/><w:jc w:val=\"both\"/>",
            "",
        ),
        style(
            "Title",
            "Title",
            "Subtitle",
            "<w:spacing w:before=\"300\"/><w:jc w:val=\"center\"/>",
            &format!("{bold}{}", size(28)),
        ),
        style(
            "Subtitle",
            "Subtitle",
            "BodyText",
            "<w:jc w:val=\"center\"/>",
            &format!("{bold}{}", size(26)),
        ),
        style(
            "Heading1",
            "heading 1",
            "BodyText",
            &level(0),
            &format!("{bold}{}", size(26)),
        ),
        style(
            "Heading2",
            "heading 2",
            "BodyText",
            &level(1),
            &format!("{bold}{}", size(26)),
        ),
        style(
            "Heading3",
            "heading 3",
            "BodyText",
            &level(2),
            &format!("{bold}<w:i/><w:iCs/>{}", size(26)),
        ),
        style(
            "ListParagraph",
            "List Paragraph",
            "ListParagraph",
            "<w:spacing w:before=\"60\" w:after=\"60\" w:line=\"264\" w:lineRule=\"auto\"/><w:jc w:val=\"both\"/>",
            "",
        ),
        style(
            "Caption",
            "caption",
            "BodyText",
            &format!("{kept}<w:spacing w:before=\"160\" w:after=\"80\"/><w:jc w:val=\"center\"/>"),
            &size(24),
        ),
        style(
            "Source",
            "Source",
            "BodyText",
            "<w:spacing w:before=\"40\" w:after=\"120\"/>",
            &format!("<w:i/><w:iCs/>{}", size(20)),
        ),
        style(
            "Notice",
            "Notice",
            "BodyText",
            "<w:pBdr><w:left w:val=\"single\" w:sz=\"18\" w:space=\"8\" w:color=\"000000\"/></w:pBdr><w:spacing w:before=\"100\" w:after=\"100\"/><w:ind w:left=\"227\"/><w:jc w:val=\"both\"/>",
            &format!("<w:i/><w:iCs/>{}", size(24)),
        ),
        style(
            "Simulated",
            "Simulated",
            "BodyText",
            "<w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/><w:left w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/><w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/><w:right w:val=\"single\" w:sz=\"6\" w:space=\"4\" w:color=\"000000\"/></w:pBdr><w:spacing w:before=\"200\" w:after=\"200\"/><w:ind w:left=\"113\" w:right=\"113\"/><w:jc w:val=\"center\"/>",
            bold,
        ),
        style(
            "Letterhead",
            "Letterhead",
            "Letterhead",
            "<w:jc w:val=\"center\"/>",
            &size(24),
        ),
        style("Cell", "Cell", "Cell", "", &size(22)),
        style("Recipients", "Recipients", "Recipients", "", &size(22)),
        style(
            "Signer",
            "Signer",
            "Signer",
            "<w:jc w:val=\"center\"/>",
            bold,
        ),
        style(
            "FinePrint",
            "Fine Print",
            "FinePrint",
            "<w:spacing w:before=\"40\"/>",
            &size(19),
        ),
        style(
            "Query",
            "Query",
            "Query",
            "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"EFEFEF\"/><w:spacing w:before=\"40\" w:after=\"80\"/>",
            &format!(
                "<w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\" w:cs=\"Courier New\"/><w:noProof/>{}",
                size(17)
            ),
        ),
        style(
            "Footer",
            "footer",
            "Footer",
            "<w:jc w:val=\"center\"/>",
            &format!("<w:i/><w:iCs/>{}", size(19)),
        ),
        style("Header", "header", "Header", "<w:jc w:val=\"center\"/>", ""),
    ];
    out.push_str(&all.concat());
    out.push_str("</w:styles>");
    out
}

/// Dashes as list 1, and each counted list as a list of its own that begins at 1, from 2 on.
pub(super) fn numbering(counted: usize) -> String {
    let level = |format: &str, text: &str| {
        format!(
            "<w:multiLevelType w:val=\"singleLevel\"/><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>\
             <w:lvlText w:val=\"{text}\"/><w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"567\" w:hanging=\"340\"/></w:pPr></w:lvl>"
        )
    };
    let mut out = format!(
        "{XML}<w:numbering xmlns:w=\"{MAIN}\"><w:abstractNum w:abstractNumId=\"0\">{}</w:abstractNum>\
         <w:abstractNum w:abstractNumId=\"1\">{}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>",
        level("bullet", "–"),
        level("decimal", "%1.")
    );
    for n in 0..counted {
        let _ = write!(
            out,
            "<w:num w:numId=\"{}\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/></w:lvlOverride></w:num>",
            n + 2
        );
    }
    out.push_str("</w:numbering>");
    out
}

/// What a word processor keeps in mind.
pub(super) fn settings(language: &str) -> String {
    format!(
        "{XML}<w:settings xmlns:w=\"{MAIN}\"><w:defaultTabStop w:val=\"567\"/><w:compat><w:compatSetting w:name=\"compatibilityMode\" \
         w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat><w:themeFontLang w:val=\"{language}\"/></w:settings>"
    )
}

/// The page's number, centred over the text; not on the first page.
pub(super) fn header() -> String {
    format!(
        "{XML}<w:hdr xmlns:w=\"{MAIN}\"><w:p><w:pPr><w:pStyle w:val=\"Header\"/></w:pPr><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>\
         <w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>\
         <w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p></w:hdr>"
    )
}

/// The first page's header: empty.
pub(super) fn first_header() -> String {
    format!(
        "{XML}<w:hdr xmlns:w=\"{MAIN}\"><w:p><w:pPr><w:pStyle w:val=\"Header\"/></w:pPr></w:p></w:hdr>"
    )
}

/// The foot of each page. The text is escaped already.
pub(super) fn footer(text: &str) -> String {
    format!(
        "{XML}<w:ftr xmlns:w=\"{MAIN}\"><w:p><w:pPr><w:pStyle w:val=\"Footer\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p></w:ftr>"
    )
}
