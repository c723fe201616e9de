//! The back office changes a customer again and again, and is told of each change.

use crate::support::attack::Luck;
use crate::support::bank::Line;
use http::Method;
use serde_json::json;

const PATH: &str = "/customers/changing";

/// Writes the customer; every version has a phone of its own.
pub(crate) struct Clerk {
    luck: Luck,
    /// The last version that was answered for; 0 before the first.
    version: u64,
    /// Its phone, and that of the version after it if no answer came.
    phone: Option<String>,
    open: Option<String>,
}

impl Clerk {
    pub(crate) fn new(luck: Luck) -> Self {
        Self { luck, version: 0, phone: None, open: None }
    }

    /// One change after the other until the server is gone or it is over.
    pub(crate) async fn work(&mut self, line: &Line, is_over: impl Fn() -> bool) {
        while !is_over() && self.change(line).await.is_some() {}
    }

    async fn change(&mut self, line: &Line) -> Option<()> {
        let phone = format!("+5255{:08}", 10_000_000 + self.luck.below(80_000_000));
        let body = json!({ "language": "es", "phones": [phone], "emails": [] });
        let tag = format!("\"{}\"", self.version);
        let headers: &[_] = if self.version > 0 { &[("If-Match", tag.as_str())] } else { &[] };
        self.open = Some(phone);
        let (status, answer) = line.office(Method::PUT, PATH, headers, Some(&body)).await?;
        assert!(matches!(status, 200 | 201), "{answer}");
        (self.version, self.phone) = (self.version + 1, self.open.take());
        Some(())
    }

    /// Holds a server that was started anew to the book.
    pub(crate) async fn holds(&mut self, line: &Line) {
        let (status, seen) = line.office(Method::GET, PATH, &[], None).await.unwrap();
        if status == 404 {
            assert_eq!(self.version, 0, "a customer that was answered for is gone");
            self.open = None;
            return;
        }
        let version = seen["version"].as_u64().unwrap_or_else(|| panic!("{seen}"));
        assert!(version == self.version || version == self.version + 1, "{version} after {}", self.version);
        let known = if version == self.version { &self.phone } else { &self.open };
        let known = known.clone().unwrap_or_else(|| panic!("a version that nobody has asked for: {seen}"));
        let masked = format!("{}XXXXXXXX{}", &known[..3], &known[known.len() - 2..]);
        assert_eq!(seen["addresses"][0]["masked"], masked, "{seen}");
        (self.version, self.phone, self.open) = (version, Some(known), None);
    }
}
