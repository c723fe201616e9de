//! Long lists, a page at a time.

use super::flow::{Timestamp, hex};

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Behind the item of this key, which the page before ended with; `None` from the start.
    pub behind: Option<String>,
    /// At most so many items.
    pub limit: u32,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The key of the last one, if there are more behind it.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of up to one item more than `limit`: that one says that the list goes on.
    pub fn of(mut items: Vec<T>, limit: u32, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let goes_on = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| goes_on).map(key);
        Self { items, next }
    }

    /// The same page of other things.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// Where an item stands in a list that begins with the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When the item began.
    pub at: Timestamp,
    /// Which of that moment it is.
    pub id: [u8; 16],
}

impl Place {
    /// As the key of a page.
    pub fn key(&self) -> String {
        let id = u128::from_be_bytes(self.id);
        format!("{} {id:032x}", self.at.timestamp_millis())
    }

    /// Reads a key back.
    pub fn parse(key: &str) -> Option<Self> {
        let (millis, id) = key.split_once(' ')?;
        Some(Self { at: Timestamp::from_timestamp_millis(millis.parse().ok()?)?, id: hex(id)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back() {
        let place = Place { at: Timestamp::from_timestamp_millis(1_767_268_800_123).unwrap(), id: [0x0f; 16] };
        assert_eq!(place.key(), "1767268800123 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f");
        assert_eq!(Place::parse(&place.key()), Some(place));
        for text in ["", " ", "1", "1 ", "x 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "1 0F0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
        assert_eq!(Place::parse(&format!("{} {}", i64::MAX, "0f".repeat(16))), None);
    }

    #[test]
    fn a_page_says_whether_the_list_goes_on() {
        let key = |n: &u32| n.to_string();
        assert_eq!(Page::of(vec![1, 2, 3], 2, key), Page { items: vec![1, 2], next: Some("2".to_owned()) });
        assert_eq!(Page::of(vec![1, 2], 2, key), Page { items: vec![1, 2], next: None });
        assert_eq!(Page::of(Vec::new(), 2, key), Page { items: vec![], next: None });
    }
}
