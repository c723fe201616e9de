//! The documents of this release, and what a server says in them about itself.

use super::ViewerError;

/// One OpenAPI document.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Its file name without the ending, `dbx-otp`.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// The text as written.
    pub yaml: &'static str,
    /// The same as JSON.
    pub json: &'static str,
    /// What this server puts in front of the document's paths, often nothing; `None` if it does not answer them.
    pub served_below: Option<&'a str>,
}

/// The documents of all families of this release, for a server that has the DBX family below this path, and the
/// BNE family below that one if it has it.
pub fn documents<'a>(dbx_base_path: &'a str, bne_base_path: Option<&'a str>) -> [Document<'a>; 2] {
    [
        Document {
            name: "dbx-otp",
            title: "DBX one-time passwords",
            yaml: include_str!("../../openapi/dbx-otp.yaml"),
            json: include_str!(concat!(env!("OUT_DIR"), "/dbx-otp.json")),
            served_below: Some(dbx_base_path),
        },
        Document {
            name: "bne-challenge",
            title: "BNE challenge validation",
            yaml: include_str!("../../openapi/bne-challenge.yaml"),
            json: include_str!(concat!(env!("OUT_DIR"), "/bne-challenge.json")),
            served_below: bne_base_path,
        },
    ]
}

/// The document of the operator API, for a listener that has it below this path.
pub fn operator_document(base_path: &str) -> Document<'_> {
    Document {
        name: "operator",
        title: "Operator API",
        yaml: include_str!("../../openapi/operator.yaml"),
        json: include_str!(concat!(env!("OUT_DIR"), "/operator.json")),
        served_below: Some(base_path),
    }
}

/// What says that this server does not answer a document's operations.
const NOT_SERVED: &str = "not served here";

impl Document<'_> {
    /// What the viewer's list shows.
    pub fn label(&self) -> String {
        match self.served_below {
            Some(_) => self.title.to_owned(),
            None => format!("{} ({NOT_SERVED})", self.title),
        }
    }

    /// Where the YAML and the JSON of it are.
    pub(super) fn paths(&self) -> [String; 2] {
        [format!("/openapi/{}.yaml", self.name), format!("/openapi/{}.json", self.name)]
    }

    /// The YAML, with this server's base path if it has one.
    pub(super) fn yaml(&self) -> Result<String, ViewerError> {
        self.moved(self.yaml, "servers:\n", |line| line.starts_with([' ', '#']), |url| format!("  - url: {url}\n"))
    }

    /// The JSON, with this server's base path if it has one.
    pub(super) fn json(&self) -> Result<String, ViewerError> {
        let servers = |url: &str| format!("    {{\n      \"url\": {url}\n    }}\n");
        self.moved(self.json, "  \"servers\": [\n", |line| !line.starts_with("  ]"), servers)
    }

    /// Puts another list of servers between the line `head` and the first line after it that is not `inside`. As text,
    /// because comments and order are for the reader, and neither would survive a parser.
    fn moved(
        &self,
        text: &str,
        head: &str,
        inside: impl Fn(&str) -> bool,
        servers: impl Fn(&str) -> String,
    ) -> Result<String, ViewerError> {
        let Some(base_path) = self.served_below.filter(|path| !path.is_empty()) else { return Ok(text.to_owned()) };
        // What JSON quotes, YAML reads.
        let url = serde_json::to_string(base_path).map_err(ViewerError::Settings)?;
        let mut moved = String::with_capacity(text.len());
        let (mut found, mut skips) = (false, false);
        for line in text.split_inclusive('\n') {
            skips = skips && inside(line);
            if !skips {
                moved.push_str(line);
            }
            if line == head {
                (found, skips) = (true, true);
                moved.push_str(&servers(&url));
            }
        }
        if found { Ok(moved) } else { Err(ViewerError::Servers { document: self.name }) }
    }
}
