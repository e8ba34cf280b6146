//! Two papers for tests: a full week of the simulated city in both languages, and one with nothing but trouble.
//!
//! Names of places are real, all figures are made up and say so.

use analytics::briefing::paper::{
    Align, Block, Cell, Chart, ChartPoint, ChartTarget, Closing, Column, Drawn, Language,
    Letterhead, Mark, Paper, Sheet, Span, Table,
};

/// When the papers are made: 23 November 2026, 01:00 UTC.
pub(super) const MADE_AT: i64 = 1_795_395_600;

fn plain(text: &str) -> Span {
    Span {
        text: text.into(),
        strong: false,
        link: None,
    }
}

fn strong(text: &str) -> Span {
    Span {
        text: text.into(),
        strong: true,
        link: None,
    }
}

fn link(text: &str, to: &str) -> Span {
    Span {
        text: text.into(),
        strong: false,
        link: Some(to.into()),
    }
}

fn heading(level: u8, anchor: &str, text: &str) -> Block {
    Block::Heading {
        level,
        anchor: anchor.into(),
        text: text.into(),
    }
}

fn paragraph(spans: Vec<Span>) -> Block {
    Block::Paragraph { spans }
}

fn column(title: &str, align: Align) -> Column {
    Column {
        title: title.into(),
        align,
    }
}

fn words(text: &str) -> Cell {
    Cell {
        text: text.into(),
        number: None,
        mark: None,
    }
}

fn number(text: &str, number: f64, mark: Option<Mark>) -> Cell {
    Cell {
        text: text.into(),
        number: Some(number),
        mark,
    }
}

fn none() -> Cell {
    Cell {
        text: "—".into(),
        number: None,
        mark: Some(Mark::NoData),
    }
}

fn point(
    label: &str,
    value: Option<f64>,
    text: &str,
    between: Option<(f64, f64)>,
    before: Option<f64>,
) -> ChartPoint {
    ChartPoint {
        label: label.into(),
        value,
        text: text.into(),
        between,
        before,
    }
}

/// A week of the simulated city.
pub(super) fn week(language: Language) -> Paper {
    // Each text in Vietnamese and in English.
    let t = |vi: &'static str, en: &'static str| if language == Language::Vi { vi } else { en };
    let n = |vi: &str| -> String {
        if language == Language::Vi {
            return vi.to_owned();
        }
        vi.chars()
            .map(|sign| match sign {
                ',' => '.',
                '.' => ',',
                other => other,
            })
            .collect()
    };
    let wards = [
        ("Phường Hoàn Kiếm", 24.6, "24,6", (22.1, 27.4), 18.9),
        ("Phường Ba Đình", 17.2, "17,2", (15.6, 18.9), 19.4),
        ("Phường Ngọc Hà", 12.4, "12,4", (11.0, 14.1), 12.9),
        ("Phường Giảng Võ", 9.8, "9,8", (8.7, 11.2), 11.6),
    ];
    let mut bars: Vec<ChartPoint> = wards
        .iter()
        .map(|(name, value, text, range, before)| {
            point(
                name,
                Some(*value),
                &format!("{} {}", n(text), t("phút", "min")),
                Some(*range),
                Some(*before),
            )
        })
        .collect();
    bars.push(point("Phường Cửa Nam", None, "", None, Some(14.0)));
    let days = [
        (t("T2 16/11", "Mon 16"), Some(96.1), "96,1 %"),
        (t("T3 17/11", "Tue 17"), Some(97.4), "97,4 %"),
        (t("T4 18/11", "Wed 18"), Some(98.6), "98,6 %"),
        (t("T5 19/11", "Thu 19"), None, ""),
        (t("T6 20/11", "Fri 20"), Some(95.2), "95,2 %"),
        (t("T7 21/11", "Sat 21"), Some(98.9), "98,9 %"),
    ];
    let before = [95.0, 96.2, 96.8, 96.1, 96.4, 97.5];
    let line = days
        .iter()
        .zip(before)
        .map(|((label, value, text), before)| point(label, *value, &n(text), None, Some(before)))
        .collect();
    let rows = vec![
        vec![
            words(t("Hồ sơ đã tiếp nhận", "Dossiers received")),
            number(&n("12.846"), 12_846.0, None),
            number(&n("+412"), 412.0, None),
            words(t("—", "—")),
        ],
        vec![
            words(t("Tỷ lệ giải quyết đúng hạn", "Settled on time")),
            number(&n("97,3 %"), 97.3, Some(Mark::Met)),
            number(
                &n("+0,8 điểm").replace("điểm", t("điểm", "points")),
                0.8,
                Some(Mark::Better),
            ),
            words(&n("≥ 95 %")),
        ],
        vec![
            words(t(
                "Thời gian chờ trung vị tại quầy",
                "Median wait at the counter",
            )),
            number(
                &format!("{} {}", n("14,1"), t("phút", "min")),
                14.1,
                Some(Mark::Met),
            ),
            number(
                &format!("{} {}", n("+1,2"), t("phút", "min")),
                1.2,
                Some(Mark::Worse),
            ),
            words(t("≤ 15 phút", "≤ 15 min")),
        ],
        vec![
            words(t("Hồ sơ quá hạn chưa giải quyết", "Overdue and still open")),
            number("87", 87.0, Some(Mark::Missed)),
            number("+23", 23.0, Some(Mark::Worse)),
            words("0"),
        ],
        vec![
            words(t(
                "Mức độ hài lòng (1.204 lượt đánh giá)",
                "Satisfaction (1,204 ratings)",
            )),
            number(&n("92,6 %"), 92.6, Some(Mark::Approximate)),
            none(),
            words(&n("≥ 90 %")),
        ],
    ];
    let sheets = ["Chi tieu", "Cho theo diem", "Qua han"].map(String::from);
    let sheet_columns = |first: &str| {
        vec![
            column(first, Align::Left),
            column(t("Kỳ này", "This week"), Align::Right),
            column(t("Kỳ trước", "Week before"), Align::Right),
        ]
    };
    let sheet_rows: Vec<Vec<Cell>> = wards
        .iter()
        .map(|(name, value, text, _, before)| {
            let before_text = n(&format!("{before:.1}").replace('.', ","));
            vec![
                words(name),
                number(&n(text), *value, None),
                number(&before_text, *before, None),
            ]
        })
        .chain([vec![
            words("Phường Cửa Nam"),
            none(),
            number(&n("14,0"), 14.0, Some(Mark::Approximate)),
        ]])
        .collect();
    Paper {
        language,
        letterhead: Letterhead {
            parent: t("UBND THÀNH PHỐ HÀ NỘI", "HANOI PEOPLE’S COMMITTEE").into(),
            agency: t("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "PUBLIC ADMINISTRATION SERVICE CENTER").into(),
            nation: t("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM").into(),
            motto: t("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness").into(),
            number: t("Số:         /BC-TTPVHCC", "No.         /BC-TTPVHCC").into(),
            place_and_date: t("Hà Nội, ngày 23 tháng 11 năm 2026", "Hà Nội, 23 November 2026").into(),
        },
        title: t("BÁO CÁO", "REPORT").into(),
        subject: t(
            "Kết quả tiếp nhận, giải quyết thủ tục hành chính tuần 47 (16/11–22/11/2026)",
            "Administrative procedures received and settled, week 47 (16–22 November 2026)",
        )
        .into(),
        simulated: Some(t("SỐ LIỆU MÔ PHỎNG – không dùng để đánh giá", "SIMULATED DATA – not for evaluation").into()),
        blocks: vec![
            paragraph(vec![
                plain(t("Thực hiện chế độ báo cáo định kỳ, Trung tâm Phục vụ hành chính công báo cáo kết quả tuần 47 như sau. Trong tuần, ",
                    "As part of its regular reporting, the Public Administration Service Center reports on week 47 as follows. In the week, ")),
                strong(t("97,3 % hồ sơ được giải quyết đúng hạn", "97.3 % of dossiers were settled on time")),
                plain(t(", vượt mục tiêu 95 %; số hồ sơ quá hạn tăng thêm 23, tập trung ở ", ", above the target of 95 %; 23 more are overdue, most of them at ")),
                link(t("ba điểm tiếp nhận", "three reception points"), "#points"),
                plain(t(". Đề nghị lãnh đạo quyết định ", ". Leadership is asked to decide on ")),
                link(t("ba việc", "three matters"), "#decisions"),
                plain("."),
            ]),
            heading(1, "decisions", t("I. BA VIỆC CẦN QUYẾT ĐỊNH", "I. THREE MATTERS TO DECIDE")),
            Block::List {
                ordered: true,
                items: vec![
                    vec![strong(t("Tăng cường hai cán bộ cho phường Hoàn Kiếm", "Send two officers to Hoàn Kiếm ward")),
                        plain(t(" từ 08 giờ đến 10 giờ 30 các ngày thứ Hai và thứ Sáu, là lúc thời gian chờ trung vị vượt 15 phút (",
                            " from 08:00 to 10:30 on Mondays and Fridays, when the median wait exceeds 15 minutes (")),
                        link(t("số liệu", "figures"), "sheet:Cho theo diem"), plain(").")],
                    vec![strong(t("Đôn đốc Sở Tài chính và Sở Công Thương", "Urge the departments of Finance and of Industry and Trade")),
                        plain(t(" xử lý 41 hồ sơ quá hạn trên 10 ngày làm việc, chiếm 47 % tổng số hồ sơ quá hạn (",
                            " to settle 41 dossiers that are overdue by more than 10 working days, 47 % of all that are (")),
                        link(t("danh sách", "list"), "sheet:Qua han"), plain(").")],
                    vec![strong(t("Rà soát thiết bị lấy số tại phường Cửa Nam", "Check the queue machine at Cửa Nam ward")),
                        plain(t(": không nhận được số liệu từ 14 giờ 20 ngày 19/11.", ": no data have come from it since 14:20 on 19 November."))],
                ],
            },
            heading(1, "results", t("II. KẾT QUẢ SO VỚI MỤC TIÊU", "II. RESULTS AGAINST TARGETS")),
            paragraph(vec![plain(t("Bốn trong năm chỉ tiêu đạt mục tiêu của tuần. So với cùng kỳ năm trước chưa có số liệu để đối chiếu.",
                "Four of five figures met the week’s target. There are no data of the year before to compare with."))]),
            Block::Table(Table {
                caption: t("Các chỉ tiêu chính của tuần", "The week’s main figures").into(),
                columns: vec![
                    column(t("Chỉ tiêu", "Figure"), Align::Left),
                    column(t("Tuần 47", "Week 47"), Align::Right),
                    column(t("So với tuần 46", "Against week 46"), Align::Right),
                    column(t("Mục tiêu", "Target"), Align::Right),
                ],
                rows,
                sheet: Some(sheets[0].clone()),
            }),
            Block::Chart(Chart {
                title: t("Tỷ lệ giải quyết đúng hạn theo ngày", "Settled on time, by day").into(),
                alternative: t("Biểu đồ đường: tỷ lệ đúng hạn từ thứ Hai đến thứ Bảy lần lượt là 96,1 %; 97,4 %; 98,6 %; thứ Năm không có số liệu; 95,2 % và 98,9 %. Mục tiêu 95 %.",
                    "Line chart: settled on time from Monday to Saturday 96.1 %, 97.4 %, 98.6 %, no data on Thursday, 95.2 % and 98.9 %. Target 95 %.").into(),
                drawn: Drawn::Line,
                unit: "%".into(),
                points: line,
                target: Some(ChartTarget { label: t("Mục tiêu 95 %", "Target 95 %").into(), value: 95.0 }),
                sheet: Some(sheets[0].clone()),
            }),
            heading(1, "points", t("III. ĐIỂM TIẾP NHẬN", "III. RECEPTION POINTS")),
            heading(2, "waits", t("1. Thời gian chờ", "1. Waits")),
            paragraph(vec![plain(t(
                "Thời gian chờ trung vị toàn thành phố là 14,1 phút, tăng 1,2 phút so với tuần trước. Phần tăng thêm đến từ phường Hoàn Kiếm (đóng góp 1,6 phút); các điểm còn lại giảm nhẹ. Số liệu không cho biết nguyên nhân.",
                "The city’s median wait is 14.1 minutes, 1.2 minutes more than the week before. The rise comes from Hoàn Kiếm ward (which adds 1.6 minutes); the other points fell slightly. The data do not show why."))]),
            Block::Chart(Chart {
                title: t("Thời gian chờ trung vị theo điểm tiếp nhận", "Median wait by reception point").into(),
                alternative: t("Biểu đồ thanh: Hoàn Kiếm 24,6 phút, Ba Đình 17,2, Ngọc Hà 12,4, Giảng Võ 9,8; Cửa Nam không có số liệu. Mục tiêu không quá 15 phút.",
                    "Bar chart: Hoàn Kiếm 24.6 minutes, Ba Đình 17.2, Ngọc Hà 12.4, Giảng Võ 9.8; no data for Cửa Nam. Target at most 15 minutes.").into(),
                drawn: Drawn::Bars,
                unit: t("phút", "minutes").into(),
                points: bars,
                target: Some(ChartTarget { label: t("Mục tiêu: không quá 15 phút", "Target: at most 15 minutes").into(), value: 15.0 }),
                sheet: Some(sheets[1].clone()),
            }),
            heading(2, "overdue", t("2. Hồ sơ quá hạn", "2. Overdue dossiers")),
            Block::List {
                ordered: false,
                items: vec![
                    vec![plain(t("Sở Tài chính: 26 hồ sơ, trong đó 17 hồ sơ quá hạn trên 10 ngày làm việc;", "Department of Finance: 26 dossiers, 17 of them overdue by more than 10 working days;"))],
                    vec![plain(t("Sở Công Thương: 24 hồ sơ; các sở khác: 37 hồ sơ.", "Department of Industry and Trade: 24 dossiers; other departments: 37."))],
                ],
            },
            Block::Note { spans: vec![strong(t("Lưu ý: ", "Note: ")), plain(t(
                "số liệu ngày 19/11 thiếu từ 14 giờ 20 do điểm tiếp nhận phường Cửa Nam mất kết nối; các tỷ lệ của ngày này không được tính.",
                "the data of 19 November lack what came after 14:20, when the point at Cửa Nam ward lost its connection; that day’s shares are not counted."))] },
            heading(1, "proposals", t("IV. ĐỀ XUẤT, KIẾN NGHỊ", "IV. PROPOSALS")),
            paragraph(vec![plain(t("Đề nghị Ủy ban nhân dân Thành phố xem xét, chỉ đạo các việc nêu tại ", "The People’s Committee is asked to consider the matters of ")),
                link(t("Mục I", "section I"), "#decisions"),
                plain(t(". Định nghĩa của từng chỉ tiêu: ", ". How each figure is defined: ")),
                link("vonglau.example/dinh-nghia", "https://vonglau.example/dinh-nghia"), plain("./.")]),
        ],
        closing: Closing {
            recipients: [t("Nơi nhận:", "Recipients:"), t("- UBND Thành phố (để báo cáo);", "- the People’s Committee (for report);"),
                t("- Văn phòng UBND Thành phố;", "- the Committee’s office;"), t("- Các Chi nhánh;", "- the branches;"), t("- Lưu: VT.", "- filed.")].map(String::from).to_vec(),
            signer: [t("KT. GIÁM ĐỐC", "FOR THE DIRECTOR"), t("PHÓ GIÁM ĐỐC", "DEPUTY DIRECTOR")].map(String::from).to_vec(),
        },
        sheets: sheets.iter().enumerate().map(|(i, name)| Sheet {
            name: name.clone(),
            title: [t("Chỉ tiêu của tuần", "The week’s figures"), t("Thời gian chờ theo điểm tiếp nhận", "Waits by reception point"), t("Hồ sơ quá hạn", "Overdue dossiers")][i].into(),
            definitions: vec![t("Thời gian chờ là khoảng từ khi lấy số đến khi được gọi, tính bằng phút.", "A wait is the time from taking a number to being called, in minutes.").into(),
                t("Trung vị được lấy trên các lượt có đủ hai thời điểm.", "The median is taken over visits with both instants.").into()],
            query: "SELECT site, approx_percentile_cont(wait_s, 0.5) / 60.0 AS wait_min\nFROM tickets WHERE day BETWEEN '2026-11-16' AND '2026-11-22'\nGROUP BY site ORDER BY wait_min DESC".into(),
            columns: sheet_columns(t("Điểm tiếp nhận", "Reception point")),
            rows: sheet_rows.clone(),
        }).collect(),
        fine_print: vec![
            t("Số liệu đầy đủ đến 07 giờ 55 ngày 23/11/2026 (giờ Việt Nam).", "Data are complete up to 07:55 on 23 November 2026 (Viet Nam time).").into(),
            t("Ranh giới và dân số: xem mục Ghi công của hệ thống. Số liệu mô phỏng.", "Boundaries and population: see the system’s credits. Simulated data.").into(),
        ],
    }
}

/// 64 letters without a space, of what every form could take for its own.
pub(super) const LONG_NAME: &str =
    "#let*x*_$<b>&\\\"';--/*Nguyễn-Thị-Ngọc-Huyền-Phường-Hoàn-Kiếm-ỷẵữợ";
/// Text full of markup.
pub(super) const MARKUP: &str = "#let *x* = _y_ $z^2$ <b>bold</b> <script>alert(1)</script> & \\ \"q\" ]]> {{x}} %s @ref `raw` [link](x) // no /* no */";

/// A paper with no data at all, long names, and text that looks like markup and formulas.
pub(super) fn awkward() -> Paper {
    let name = LONG_NAME;
    let chart = |drawn, points: Vec<ChartPoint>| {
        Block::Chart(Chart {
            title: MARKUP.into(),
            alternative: String::new(),
            drawn,
            unit: "<unit>".into(),
            points,
            target: Some(ChartTarget {
                label: name.into(),
                value: 3.0,
            }),
            sheet: Some("no such sheet".into()),
        })
    };
    let many = |value: &dyn Fn(usize) -> Option<f64>| -> Vec<ChartPoint> {
        (0..30)
            .map(|n| {
                point(
                    &format!("{n:02}/11"),
                    value(n),
                    &format!("v{n}"),
                    None,
                    None,
                )
            })
            .collect()
    };
    let formula = "=cmd|' /C calc'!A0";
    Paper {
        language: Language::Vi,
        letterhead: Letterhead {
            parent: String::new(),
            agency: name.into(),
            nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".into(),
            motto: "Độc lập - Tự do - Hạnh phúc".into(),
            number: "Số: #1".into(),
            place_and_date: "<i>Hà Nội</i>".into(),
        },
        title: "BÁO CÁO <&>".into(),
        subject: MARKUP.into(),
        simulated: Some("MÔ PHỎNG <&> #x".into()),
        blocks: vec![
            heading(3, "a b <", "Begins at level 3"),
            heading(3, "a b <", name),
            paragraph(vec![
                plain(MARKUP),
                link("script", "javascript:alert(1)"),
                link("nowhere", "#nowhere"),
                link("same", "#a b <"),
                link("sheet", "sheet:Trong"),
                link("<out>", "https://example.org/?a=1&b=\"<>"),
                plain("\u{0}\u{7}\u{202e}control\u{ffff}"),
            ]),
            paragraph(vec![]),
            Block::Note {
                spans: vec![plain(MARKUP)],
            },
            Block::List {
                ordered: true,
                items: vec![],
            },
            Block::List {
                ordered: false,
                items: vec![vec![], vec![plain(formula)]],
            },
            Block::Table(Table {
                caption: MARKUP.into(),
                columns: vec![
                    column(name, Align::Left),
                    column("-", Align::Right),
                    column("+1", Align::Right),
                ],
                rows: vec![
                    vec![words(name), none(), words(formula)],
                    vec![words(""), words("@x"), number("?", f64::NAN, None)],
                ],
                sheet: None,
            }),
            Block::Table(Table {
                caption: "empty".into(),
                columns: vec![],
                rows: vec![],
                sheet: None,
            }),
            Block::Table(Table {
                caption: "no rows".into(),
                columns: vec![column("x", Align::Left)],
                rows: vec![],
                sheet: None,
            }),
            chart(Drawn::Bars, vec![]),
            chart(Drawn::Line, vec![]),
            chart(Drawn::Line, many(&|_| None)),
            chart(
                Drawn::Bars,
                vec![point(name, Some(f64::NAN), MARKUP, None, None)],
            ),
            chart(
                Drawn::Bars,
                vec![
                    point(name, Some(-5.0), "−5", Some((f64::NAN, 2.0)), None),
                    point(name, Some(1e9), name, Some((9e8, 8e8)), Some(-3.0)),
                    point("x", None, "", None, None),
                ],
            ),
            chart(Drawn::Line, vec![point(name, Some(0.0), "0", None, None)]),
            chart(Drawn::Line, many(&|n| (n % 7 != 3).then_some(n as f64))),
        ],
        closing: Closing {
            recipients: vec![],
            signer: vec![],
        },
        sheets: vec![
            Sheet {
                name: "Trong".into(),
                title: MARKUP.into(),
                definitions: vec!["=1+1".into(), String::new()],
                query: "SELECT '<&>' -- #x".into(),
                columns: vec![column("=A1", Align::Left), column(name, Align::Right)],
                rows: ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"]
                    .map(|text| vec![words(text), number("1", 1.5, Some(Mark::Better))])
                    .to_vec(),
            },
            Sheet {
                name: "Danh mục".into(),
                title: String::new(),
                definitions: vec![],
                query: String::new(),
                columns: vec![],
                rows: vec![],
            },
        ],
        fine_print: vec![],
    }
}
