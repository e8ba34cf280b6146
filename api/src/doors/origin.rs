//! Whose page a browser's request comes from.
//!
//! A cookie, and being at the machine, go with a request whichever page made it. Such a request is refused from a page of another
//! origin; one that changes something must besides carry the header [`OWN`], which a foreign page cannot send without being asked for leave
//! first, and no leave is given. With `SameSite=Strict` that is three locks of different make.

use axum::http::{HeaderMap, HeaderName, Method, header};

use super::settings::Settings;

/// The header that own pages and programs send with what changes something.
pub const OWN: HeaderName = HeaderName::from_static("x-vonglau-request");

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// The name under which it came is not the server's.
    #[error("this server is not known by that name: set `hosts`, or come by its own name")]
    Host,
    /// It is a foreign page's.
    #[error("requests from pages of other origins are refused")]
    Origin,
    /// The header is missing.
    #[error("send the header X-Vonglau-Request: 1 with what changes something")]
    Header,
}

/// Whether a method may change something.
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The one value of a header; an error when there are several or it is no text.
fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

/// Whether the request came under one of the server's names. The machine itself may use its own names (a health check, a command, a
/// collector of metrics beside the service); an open server has no others. A page whose name was bent to 127.0.0.1 comes under its own.
pub fn check_host(
    settings: &Settings,
    headers: &HeaderMap,
    authority: Option<&str>,
    from_here: bool,
) -> Result<(), Foreign> {
    let host = match one(headers, header::HOST) {
        Ok(host) => host.or(authority).unwrap_or_default(),
        Err(()) => return Err(Foreign::Host),
    };
    let is_named = if settings.hosts.is_empty() {
        !settings.open
    } else {
        let is_set = |name: &String| name.eq_ignore_ascii_case(host);
        settings.hosts.iter().any(is_set)
    };
    let may_be_own = from_here || settings.open && settings.hosts.is_empty();
    (is_named || may_be_own && is_of_machine(host))
        .then_some(())
        .ok_or(Foreign::Host)
}

/// Whether a name, with a port or without, is this machine's own.
fn is_of_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        let is_port = port.bytes().all(|b| b.is_ascii_digit());
        if is_port { name } else { host }
    });
    matches!(name, "127.0.0.1" | "localhost" | "[::1]" | "")
}

/// Whether a request's page is the server's own, or there is no page.
pub fn check_origin(headers: &HeaderMap, authority: Option<&str>) -> Result<(), Foreign> {
    let Some(origin) = one(headers, header::ORIGIN).map_err(|()| Foreign::Origin)? else {
        return Ok(());
    };
    let host = one(headers, header::HOST).map_err(|()| Foreign::Origin)?;
    let own = host.or(authority).ok_or(Foreign::Origin)?;
    let asking = origin.split_once("://").map(|(_, host)| host);
    let is_own = asking.is_some_and(|asking| asking.eq_ignore_ascii_case(own));
    if is_own { Ok(()) } else { Err(Foreign::Origin) }
}

/// Whether what changes something, or opens a connection, on a cookie's strength is meant by the server's own page.
pub fn check_meant(
    method: &Method,
    headers: &HeaderMap,
    authority: Option<&str>,
) -> Result<(), Foreign> {
    check_origin(headers, authority)?;
    let is_socket = headers.contains_key(header::UPGRADE);
    if is_socket && !headers.contains_key(header::ORIGIN) {
        // A browser always says where a WebSocket is opened from; a program has keys and tickets.
        return Err(Foreign::Origin);
    }
    if !is_unsafe(method) {
        return Ok(());
    }
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return Err(Foreign::Origin);
    }
    if headers.contains_key(OWN) {
        Ok(())
    } else {
        Err(Foreign::Header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_own_pages_may_change_something() {
        let meant = |method: &Method, pairs: &[(&'static str, &str)]| {
            check_meant(method, &headers(pairs), None)
        };
        let (host, own) = (("host", "vl.hanoi.vn"), ("x-vonglau-request", "1"));
        let from = |origin| ("origin", origin);
        assert_eq!(
            meant(&Method::POST, &[host, own, from("https://vl.hanoi.vn")]),
            Ok(())
        );
        assert_eq!(
            meant(&Method::POST, &[host, own]),
            Ok(()),
            "a program with a cookie"
        );
        assert_eq!(
            meant(&Method::POST, &[host, from("https://vl.hanoi.vn")]),
            Err(Foreign::Header)
        );
        for foreign in [
            "https://evil.example",
            "null",
            "https://vl.hanoi.vn.evil.example",
            "https://vl.hanoi.vn:8443",
            "",
            "vl.hanoi.vn",
            "https://evil@vl.hanoi.vn",
        ] {
            assert_eq!(
                meant(&Method::POST, &[host, own, from(foreign)]),
                Err(Foreign::Origin),
                "{foreign}"
            );
            assert_eq!(
                meant(&Method::GET, &[host, from(foreign)]),
                Err(Foreign::Origin),
                "{foreign}"
            );
        }
        let two = [
            host,
            own,
            from("https://vl.hanoi.vn"),
            from("https://evil.example"),
        ];
        assert_eq!(meant(&Method::POST, &two), Err(Foreign::Origin));
        let site = ("sec-fetch-site", "same-site");
        assert_eq!(
            meant(&Method::DELETE, &[host, own, site]),
            Err(Foreign::Origin)
        );
        let socket = ("upgrade", "websocket");
        assert_eq!(meant(&Method::GET, &[host, socket]), Err(Foreign::Origin));
        assert_eq!(
            meant(&Method::GET, &[host, socket, from("https://vl.hanoi.vn")]),
            Ok(())
        );
    }

    #[test]
    fn a_name_that_was_bent_to_this_machine_is_refused() {
        let open = Settings {
            open: true,
            ..Settings::default()
        };
        let at = |settings: &Settings, host: &str| {
            check_host(settings, &headers(&[("host", host)]), None, false)
        };
        for own in ["127.0.0.1:8080", "localhost", "[::1]:8080", "[::1]"] {
            assert_eq!(at(&open, own), Ok(()), "{own}");
        }
        for other in [
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "localhost.evil",
            "127.0.0.1:80:80",
            "10.0.0.1",
        ] {
            assert_eq!(at(&open, other), Err(Foreign::Host), "{other}");
        }
        let named = Settings {
            hosts: vec!["vl.hanoi.vn".to_owned()],
            ..Settings::default()
        };
        assert_eq!(at(&named, "VL.hanoi.vn"), Ok(()));
        assert_eq!(at(&named, "127.0.0.1"), Err(Foreign::Host));
        let here = |host: &str| check_host(&named, &headers(&[("host", host)]), None, true);
        assert_eq!(here("127.0.0.1:8080"), Ok(()));
        assert_eq!(here("evil.example"), Err(Foreign::Host));
        let two = headers(&[("host", "vl.hanoi.vn"), ("host", "evil.example")]);
        assert_eq!(check_host(&named, &two, None, false), Err(Foreign::Host));
    }
}
