//! The smallest writer of OSM PBF: dense nodes and ways, zlib.
//!
//! Only what the format's description (wiki.openstreetmap.org/wiki/PBF_Format) needs of protocol
//! buffers: variable-length numbers, and fields that are numbers or lengths with bytes.

use flate2::{Compression, write::ZlibEncoder};
use std::io::Write;

/// A message of protocol buffers in the making.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, field: u64, value: u64) {
        varint(&mut self.0, field << 3);
        varint(&mut self.0, value);
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        varint(&mut self.0, field << 3 | 2);
        varint(&mut self.0, value.len() as u64);
        self.0.extend_from_slice(value);
    }

    /// Signed numbers, each as the difference to the one before.
    fn steps(&mut self, field: u64, values: impl Iterator<Item = i64>) {
        let mut packed = Vec::new();
        let mut before = 0;
        for value in values {
            let step = value - before;
            before = value;
            varint(&mut packed, (step << 1 ^ step >> 63) as u64);
        }
        self.bytes(field, &packed);
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A node: its id, and its place in ten-millionths of a degree.
pub(crate) type Node = (i64, i64, i64);

/// A way: its id, its nodes, and its tags as positions among the words.
pub(crate) struct Way {
    pub(crate) id: i64,
    pub(crate) nodes: Vec<i64>,
    pub(crate) tags: Vec<(u64, u64)>,
}

/// Writes the file's header.
pub(crate) fn header(out: &mut impl Write, seconds: u64) -> std::io::Result<()> {
    let mut block = Message::default();
    block.bytes(4, b"OsmSchema-V0.6");
    block.bytes(4, b"DenseNodes");
    block.bytes(16, b"bench_pack");
    block.number(32, seconds);
    blob(out, b"OSMHeader", &block.0)
}

/// Writes a block of nodes.
pub(crate) fn nodes(out: &mut impl Write, nodes: &[Node]) -> std::io::Result<()> {
    let mut dense = Message::default();
    dense.steps(1, nodes.iter().map(|node| node.0));
    dense.steps(8, nodes.iter().map(|node| node.2));
    dense.steps(9, nodes.iter().map(|node| node.1));
    let mut group = Message::default();
    group.bytes(2, &dense.0);
    block(out, &[], &group)
}

/// Writes a block of ways; `words` are what their tags name.
pub(crate) fn ways(out: &mut impl Write, words: &[&str], ways: &[Way]) -> std::io::Result<()> {
    let mut group = Message::default();
    for way in ways {
        let mut message = Message::default();
        message.number(1, way.id as u64);
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for (key, value) in &way.tags {
            varint(&mut keys, *key);
            varint(&mut values, *value);
        }
        message.bytes(2, &keys);
        message.bytes(3, &values);
        message.steps(8, way.nodes.iter().copied());
        group.bytes(3, &message.0);
    }
    block(out, words, &group)
}

fn block(out: &mut impl Write, words: &[&str], group: &Message) -> std::io::Result<()> {
    let mut table = Message::default();
    // The word at position 0 is a separator and never used.
    table.bytes(1, b"");
    for word in words.iter().skip(1) {
        table.bytes(1, word.as_bytes());
    }
    let mut block = Message::default();
    block.bytes(1, &table.0);
    block.bytes(2, &group.0);
    blob(out, b"OSMData", &block.0)
}

fn blob(out: &mut impl Write, kind: &[u8], content: &[u8]) -> std::io::Result<()> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(content)?;
    let mut blob = Message::default();
    blob.number(2, content.len() as u64);
    blob.bytes(3, &zlib.finish()?);
    let mut header = Message::default();
    header.bytes(1, kind);
    header.number(3, blob.0.len() as u64);
    out.write_all(&(header.0.len() as u32).to_be_bytes())?;
    out.write_all(&header.0)?;
    out.write_all(&blob.0)
}
