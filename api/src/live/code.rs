//! Codes as parts of topics and keys, percent-encoded.

/// A site's code as a part of a key or topic: `/` and `%` percent-encoded.
pub fn encoded(code: &str) -> String {
    code.replace('%', "%25")
        .replace('/', "%2F")
        .replace(':', "%3A")
}

/// The code in a percent-encoded part; `None` when it is not one.
pub fn percent_decoded(part: &str) -> Option<String> {
    let mut out = Vec::with_capacity(part.len());
    let mut bytes = part.bytes();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let hex = [bytes.next()?, bytes.next()?];
            out.push(u8::from_str_radix(str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            out.push(b);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_its_way_through_a_topic() {
        for code in ["00004", "a/b:c", "50%", "%2F"] {
            assert_eq!(percent_decoded(&encoded(code)).as_deref(), Some(code));
        }
        assert_eq!(percent_decoded("%zz"), None);
        assert_eq!(percent_decoded("%4"), None);
    }
}
