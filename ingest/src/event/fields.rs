//! A line's JSON as fields that are taken out one by one.
//!
//! [`Fields`] is a JSON object read once, borrowing from its line. A typed value is taken out of it by
//! [`Fields::required`] or [`Fields::optional`]; what is left at the end are the unknown fields, which
//! are counted and never stored.

use std::borrow::Cow;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::value::Value;

/// The longest list field.
pub const MAX_LIST: usize = 64;

/// A JSON value as far as a field can need it.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`: the same as absent.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(Cow<'a, str>),
    /// An array.
    List(Vec<Json<'a>>),
    /// An object, read only for the envelope's `data`.
    Object(Fields<'a>),
}

/// A JSON object's members in order, the last of equal names winning.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields<'a> {
    /// Each with its value until that is taken out.
    members: Vec<(Cow<'a, str>, Option<Json<'a>>)>,
    /// How many are not taken out yet.
    left: usize,
    /// Behind the last that was taken out: producers write members in the contract's order, and so they are asked for.
    next: usize,
    /// A bit for each [`kin`] of names that are there.
    kin: u64,
}

/// One of 64 kinds of names; equal names are of one kind.
fn kin(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let end = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
    let mixed = bytes.len() * 7 + end(bytes.first()) * 5 + end(bytes.last()) * 3;
    1 << (mixed % 64)
}

/// Why a field was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// A required field is absent or null.
    #[error("the required field `{0}` is missing")]
    Missing(&'static str),
    /// The field's value has not the accepted form.
    #[error("`{field}` must be {expected}")]
    Bad {
        /// The field's name.
        field: &'static str,
        /// The accepted form.
        expected: &'static str,
    },
}

impl<'a> Fields<'a> {
    /// Puts a member in; of equal names the last wins.
    pub(crate) fn put(&mut self, name: Cow<'a, str>, value: Json<'a>) {
        if self.members.capacity() == 0 {
            self.members.reserve_exact(8);
        }
        let kin = kin(&name);
        let may_be_there = self.kin & kin != 0;
        self.kin |= kin;
        if may_be_there && let Some(slot) = self.members.iter_mut().find(|(seen, _)| *seen == name)
        {
            slot.1 = Some(value);
            return;
        }
        self.members.push((name, Some(value)));
        self.left += 1;
    }

    /// Takes a member out, `None` when absent or null.
    pub fn take(&mut self, name: &str) -> Option<Json<'a>> {
        if self.kin & kin(name) == 0 {
            return None;
        }
        let (before, after) = self.members.split_at(self.next.min(self.members.len()));
        let is_it = |(seen, _): &(Cow<'a, str>, _)| *seen == name;
        let at = match after.iter().position(is_it) {
            Some(at) => before.len() + at,
            None => before.iter().position(is_it)?,
        };
        let value = self.members[at].1.take()?;
        self.left -= 1;
        self.next = at + 1;
        (value != Json::Null).then_some(value)
    }

    /// Takes a required field.
    pub fn required<V: Value>(&mut self, name: &'static str) -> Result<V, FieldError> {
        self.optional(name)?.ok_or(FieldError::Missing(name))
    }

    /// Takes an optional field; present but malformed is an error.
    pub fn optional<V: Value>(&mut self, name: &'static str) -> Result<Option<V>, FieldError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let bad = || FieldError::Bad {
            field: name,
            expected: V::EXPECTED,
        };
        V::read(value).map(Some).ok_or_else(bad)
    }

    /// How many members are left.
    pub fn len(&self) -> usize {
        self.left
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        match Json::deserialize(d)? {
            Json::Object(fields) => Ok(fields),
            _ => Err(de::Error::custom("not a JSON object")),
        }
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Json<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Json<'de>, E> {
                Ok(Json::Null)
            }
            fn visit_bool<E>(self, v: bool) -> Result<Json<'de>, E> {
                Ok(Json::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Json<'de>, E> {
                Ok(Json::Int(v))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Json<'de>, E> {
                Ok(i64::try_from(v).map_or(Json::Float(v as f64), Json::Int))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Json<'de>, E> {
                Ok(Json::Float(v))
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Json<'de>, E> {
                Ok(Json::Str(Cow::Borrowed(v)))
            }
            fn visit_str<E>(self, v: &str) -> Result<Json<'de>, E> {
                Ok(Json::Str(Cow::Owned(v.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut a: A) -> Result<Json<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(v) = a.next_element()? {
                    list.push(v);
                    if list.len() > MAX_LIST {
                        // Too long for any field: read to its end without keeping it.
                        while a.next_element::<IgnoredAny>()?.is_some() {}
                        break;
                    }
                }
                Ok(Json::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut a: A) -> Result<Json<'de>, A::Error> {
                let mut fields = Fields::default();
                while let Some(Key(k)) = a.next_key::<Key<'de>>()? {
                    fields.put(k, a.next_value()?);
                }
                Ok(Json::Object(fields))
            }
        }
        d.deserialize_any(V)
    }
}

/// An object's key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(v)))
            }
            fn visit_str<E>(self, v: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(v.to_owned())))
            }
        }
        d.deserialize_str(V)
    }
}
