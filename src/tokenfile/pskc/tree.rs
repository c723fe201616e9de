//! XML, one element with all that is in it at a time, and nothing that reaches beyond the file: no document type, no
//! entities but the five, no inclusion.

use super::super::Limits;
use super::super::input::{Input, Scope};
use quick_xml::XmlVersion;
use quick_xml::encoding::EncodingError;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use std::borrow::Cow;
use std::io::Read;
use zeroize::Zeroizing;

const DEPTH_MAX: usize = 32;
const ATTRIBUTES_MAX: usize = 32;

/// The most that one tag, text or comment may take.
const PIECE_MAX: usize = 64 * 1024;

/// The most that a child of the root, with what stands before it, may take.
const PART_MAX: usize = 1024 * 1024;

/// The most elements in a child of the root: of short ones the tree takes far more memory than the file does.
const ELEMENTS_MAX: usize = 4096;

/// The namespaces that mean something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ns {
    Pskc,
    Dsig,
    Xenc,
    Xenc11,
    Pkcs5,
    None,
    Other,
}

impl Ns {
    fn of(uri: &str) -> Option<Self> {
        Some(match uri {
            "urn:ietf:params:xml:ns:keyprov:pskc" => Self::Pskc,
            "http://www.w3.org/2000/09/xmldsig#" => Self::Dsig,
            "http://www.w3.org/2001/04/xmlenc#" => Self::Xenc,
            "http://www.w3.org/2009/xmlenc11#" => Self::Xenc11,
            "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#" => Self::Pkcs5,
            "http://www.w3.org/2001/XInclude" => return None,
            _ => Self::Other,
        })
    }
}

/// An element.
pub(super) struct Node {
    pub(super) ns: Ns,
    pub(super) name: String,
    pub(super) line: u64,
    /// Those without a namespace; others mean nothing here.
    attributes: Vec<(String, String)>,
    /// Its own text, without that of its children.
    text: Zeroizing<String>,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn is(&self, ns: Ns, name: &str) -> bool {
        self.ns == ns && self.name == name
    }

    pub(super) fn child(&self, ns: Ns, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.is(ns, name))
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }

    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    fn push_text(&mut self, more: Zeroizing<String>) {
        if self.text.is_empty() {
            self.text = more;
        } else {
            // A String that grows leaves what it held where it was.
            let mut text = Zeroizing::new(String::with_capacity(self.text.len() + more.len()));
            text.push_str(&self.text);
            text.push_str(&more);
            self.text = text;
        }
    }
}

/// Why the file cannot be read on, and where.
pub(super) struct Refusal {
    pub(super) line: u64,
    pub(super) what: String,
}

/// What comes next below the root.
pub(super) enum Next {
    /// An element, complete.
    Child(Node),
    /// The end of the root, and of the file.
    End,
}

/// A file of XML, being read.
pub(super) struct Tree<R: Read> {
    xml: NsReader<Input<R>>,
    buffer: Zeroizing<Vec<u8>>,
    line: u64,
}

/// Whether text that is nothing but white space means anything: after other text of its element it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blanks {
    Drop,
    Keep,
}

enum Step {
    Open(Node),
    Text(Zeroizing<String>),
    Close,
    Nothing,
    End,
}

impl<R: Read> Tree<R> {
    pub(super) fn new(source: R, limits: &Limits) -> Self {
        let mut xml = NsReader::from_reader(Input::new(source, limits));
        let config = xml.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        // Large enough never to grow, which would leave seeds behind.
        Self { xml, buffer: Zeroizing::new(Vec::with_capacity(3 * PIECE_MAX)), line: 1 }
    }

    /// The root, without its children.
    pub(super) fn root(&mut self) -> Result<Node, Refusal> {
        self.xml.get_mut().allow(Scope::Part, "what stands before the root element", PART_MAX);
        // Enough for any byte order mark, by which the parser, too, tells how the file is written.
        let beginning = self.xml.get_mut().beginning(4);
        let utf_16 = beginning.map(|bytes| bytes.starts_with(b"\xfe\xff") || bytes.starts_with(b"\xff\xfe"));
        if utf_16.map_err(|error| self.refusal(error.to_string()))? {
            return Err(self.refusal("the file is UTF-16; it must be UTF-8"));
        }
        loop {
            match self.step(Blanks::Drop)? {
                Step::Open(node) => return Ok(node),
                Step::Text(_) => return Err(self.refusal("this is no XML file")),
                Step::End => return Err(self.refusal("there is no XML element in this file")),
                Step::Nothing | Step::Close => {}
            }
        }
    }

    /// The next child of the root. Call [`Self::root`] first.
    pub(super) fn next_child(&mut self) -> Result<Next, Refusal> {
        self.xml.get_mut().allow(Scope::Part, "an element below the root, with what stands before it,", PART_MAX);
        loop {
            match self.step(Blanks::Drop)? {
                Step::Open(node) => return Ok(Next::Child(self.complete(node)?)),
                Step::Text(_) => return Err(self.refusal("there is text between the elements below the root")),
                Step::Nothing => {}
                Step::Close => return self.rest(),
                Step::End => return Err(self.refusal("the file ends before its root element does")),
            }
        }
    }

    /// Sees to it that nothing follows the root.
    fn rest(&mut self) -> Result<Next, Refusal> {
        loop {
            match self.step(Blanks::Drop)? {
                Step::End => return Ok(Next::End),
                Step::Nothing => {}
                _ => return Err(self.refusal("there is something after the end of the root element")),
            }
        }
    }

    fn complete(&mut self, node: Node) -> Result<Node, Refusal> {
        let (mut open, mut elements) = (vec![node], 1);
        loop {
            let begun = open.last().is_some_and(|node| !node.text.is_empty());
            match self.step(if begun { Blanks::Keep } else { Blanks::Drop })? {
                Step::Open(node) => {
                    open.push(node);
                    elements += 1;
                    if open.len() >= DEPTH_MAX {
                        return Err(self.refusal(format!("elements are nested more than {DEPTH_MAX} deep")));
                    }
                    if elements > ELEMENTS_MAX {
                        let what = format!("an element below the root has more than {ELEMENTS_MAX} elements");
                        return Err(self.refusal(what));
                    }
                }
                Step::Text(text) => {
                    if let Some(node) = open.last_mut() {
                        node.push_text(text);
                    }
                }
                Step::Nothing => {}
                Step::Close => {
                    let closed = open.pop();
                    match (closed, open.last_mut()) {
                        (Some(node), Some(parent)) => parent.children.push(node),
                        (Some(node), None) => return Ok(node),
                        (None, _) => return Err(self.refusal("an element is closed that was not opened")),
                    }
                }
                Step::End => return Err(self.refusal("the file ends in the middle of an element")),
            }
        }
    }

    fn step(&mut self, blanks: Blanks) -> Result<Step, Refusal> {
        self.buffer.clear();
        self.line = self.xml.get_ref().line();
        self.xml.get_mut().allow(Scope::Piece, "a tag, text or comment", PIECE_MAX);
        let event = self.xml.read_event_into(&mut self.buffer);
        let event = event.map_err(|error| Refusal { line: self.line, what: in_our_words(&error) })?;
        let step = match event {
            Event::Start(start) => element(&self.xml, &start, self.line).map(Step::Open),
            // Cannot be: empty elements are expanded.
            Event::Empty(_) => Err("an empty element".to_owned()),
            Event::End(_) => Ok(Step::Close),
            Event::Text(text) => Ok(text_step(text.xml10_content(), blanks)),
            Event::CData(text) => Ok(text_step(text.xml10_content(), blanks)),
            Event::GeneralRef(name) => entity(&name).map(Step::Text),
            Event::Decl(declaration) => match declaration.encoding() {
                None => Ok(Step::Nothing),
                Some(Ok(name)) if ["UTF-8", "US-ASCII"].iter().any(|known| name.eq_ignore_ascii_case(known)) => {
                    Ok(Step::Nothing)
                }
                Some(_) => Err("the file must be UTF-8".to_owned()),
            },
            // Nothing that a processing instruction asks for is done.
            Event::Comment(_) | Event::PI(_) => Ok(Step::Nothing),
            Event::DocType(_) => Err("the file has a document type (DOCTYPE), which is never taken".to_owned()),
            Event::Eof => Ok(Step::End),
        };
        step.map_err(|what| Refusal { line: self.line, what })
    }

    pub(super) fn refusal(&self, what: impl Into<String>) -> Refusal {
        Refusal { line: self.line, what: what.into() }
    }
}

fn text_step(text: Cow<'_, str>, blanks: Blanks) -> Step {
    if blanks == Blanks::Drop && text.trim_start().is_empty() {
        return Step::Nothing;
    }
    Step::Text(Zeroizing::new(text.into_owned()))
}

/// Those of the parser can hold parts of the file.
fn in_our_words(error: &Error) -> String {
    match error {
        Error::Io(error) => error.to_string(),
        Error::Syntax(error) => format!("this is no well-formed XML: {error}"),
        Error::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_)) => {
            "this is no well-formed XML: an end tag does not match its start tag".to_owned()
        }
        Error::Encoding(EncodingError::Utf8(_)) => "the file is not UTF-8".to_owned(),
        _ => "this is no well-formed XML".to_owned(),
    }
}

fn element<R>(xml: &NsReader<R>, start: &BytesStart<'_>, line: u64) -> Result<Node, String> {
    let (namespace, name) = xml.resolver().resolve_element(start.name());
    let name = name.as_ref().to_owned();
    let ns = match namespace {
        ResolveResult::Unbound => Ns::None,
        ResolveResult::Bound(uri) => Ns::of(uri.as_ref()).ok_or("the file wants to include another one (XInclude)")?,
        ResolveResult::Unknown(_) => return Err("an element has a namespace prefix that is not declared".to_owned()),
    };
    let mut attributes = Vec::new();
    for (n, attribute) in start.attributes().enumerate() {
        if n == ATTRIBUTES_MAX {
            return Err(format!("an element has more than {ATTRIBUTES_MAX} attributes"));
        }
        let attribute =
            attribute.map_err(|_| "this is no well-formed XML: an attribute is malformed or there twice")?;
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|_| "an attribute has an entity other than the five of XML")?;
        if attribute.key.prefix().is_none() && attribute.key.as_namespace_binding().is_none() {
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
    }
    Ok(Node { ns, name, line, attributes, text: Zeroizing::default(), children: Vec::new() })
}

fn entity(reference: &BytesRef<'_>) -> Result<Zeroizing<String>, String> {
    let refused = || "the file has an entity other than the five of XML".to_owned();
    let character = match reference.resolve_char_ref().map_err(|_| refused())? {
        Some(character) => character,
        None => match reference.xml10_content().as_ref() {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "apos" => '\'',
            "quot" => '"',
            _ => return Err(refused()),
        },
    };
    Ok(Zeroizing::new(character.to_string()))
}
