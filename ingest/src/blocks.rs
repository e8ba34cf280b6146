//! A file of checksummed blocks, written whole or not at all.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | what kind of file it is, with its version |
//! | then, a block | length (4, little-endian), CRC-32 of the block (4), the block |
//! | at the end | `FFFFFFFF`, and the number of blocks (8) |
//!
//! It is written under another name, flushed, and then given its own: a reader never sees half of one.

use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};

const END: u32 = u32::MAX;
/// A longer block is none of ours.
const LONGEST: u32 = 1 << 30;

/// Blocks on their way to wherever a file's bytes go.
#[derive(Debug)]
pub struct Encoder<W> {
    out: W,
    blocks: u64,
}

impl<W: Write> Encoder<W> {
    /// Begins a file of a kind.
    pub fn begin(mut out: W, kind: [u8; 8]) -> Result<Self> {
        out.write_all(&kind)?;
        Ok(Self { out, blocks: 0 })
    }

    /// Adds a block.
    pub fn block(&mut self, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).ok().filter(|n| *n <= LONGEST);
        let length = length.ok_or_else(|| std::io::Error::from(ErrorKind::InvalidInput))?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(bytes).to_le_bytes())?;
        self.out.write_all(bytes)?;
        self.blocks += 1;
        Ok(())
    }

    /// Ends the file.
    pub fn end(mut self) -> Result<W> {
        self.out.write_all(&END.to_le_bytes())?;
        self.out.write_all(&self.blocks.to_le_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A file being written.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    unfinished: PathBuf,
    blocks: Encoder<BufWriter<File>>,
}

impl Writer {
    /// Begins a file; what has its name stays until it is finished.
    pub fn create(path: &Path, kind: [u8; 8]) -> Result<Self> {
        let unfinished = path.with_extension("new");
        let file = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
        Ok(Self {
            path: path.to_owned(),
            unfinished,
            blocks: Encoder::begin(file, kind)?,
        })
    }

    /// Adds a block.
    pub fn block(&mut self, bytes: &[u8]) -> Result<()> {
        self.blocks.block(bytes)
    }

    /// Makes the file durable under its name.
    pub fn finish(self) -> Result<()> {
        self.blocks.end()?.get_ref().sync_all()?;
        std::fs::rename(&self.unfinished, &self.path)?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

/// A file being read.
#[derive(Debug)]
pub struct Reader {
    file: BufReader<File>,
    blocks: u64,
}

fn damaged(what: &str) -> std::io::Error {
    std::io::Error::new(ErrorKind::InvalidData, what)
}

impl Reader {
    /// Opens a file of a kind; another kind, or another version, is an error.
    pub fn open(path: &Path, kind: [u8; 8]) -> Result<Self> {
        let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
        let mut found = [0; 8];
        file.read_exact(&mut found)?;
        if found != kind {
            return Err(damaged("it is of another kind or version"));
        }
        Ok(Self { file, blocks: 0 })
    }

    /// The next block; nothing at the end of a whole file.
    pub fn block(&mut self) -> Result<Option<Vec<u8>>> {
        let mut word = [0; 4];
        self.file.read_exact(&mut word)?;
        let length = u32::from_le_bytes(word);
        if length == END {
            let mut count = [0; 8];
            self.file.read_exact(&mut count)?;
            let is_whole = u64::from_le_bytes(count) == self.blocks;
            return is_whole
                .then_some(None)
                .ok_or_else(|| damaged("a block is missing"));
        }
        if length > LONGEST {
            return Err(damaged("a block has no plausible length"));
        }
        self.file.read_exact(&mut word)?;
        let mut bytes = Vec::new();
        let read = self
            .file
            .by_ref()
            .take(length.into())
            .read_to_end(&mut bytes)?;
        if read < length as usize {
            return Err(damaged("it is cut short"));
        }
        if crc32fast::hash(&bytes) != u32::from_le_bytes(word) {
            return Err(damaged("a block fails its checksum"));
        }
        self.blocks += 1;
        Ok(Some(bytes))
    }

    /// All blocks that are left.
    pub fn all(mut self) -> Result<Vec<Vec<u8>>> {
        let mut blocks = Vec::new();
        while let Some(block) = self.block()? {
            blocks.push(block);
        }
        Ok(blocks)
    }
}

/// Reads a file of a kind to its end; fails where it is damaged.
pub fn check(path: &Path, kind: [u8; 8]) -> Result<()> {
    let mut reader = Reader::open(path, kind)?;
    while reader.block()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: [u8; 8] = *b"TESTKND1";

    fn write(path: &Path, blocks: &[&[u8]]) {
        let mut writer = Writer::create(path, KIND).unwrap();
        for block in blocks {
            writer.block(block).unwrap();
        }
        writer.finish().unwrap();
    }

    #[test]
    fn what_is_written_is_read_and_damage_is_found_wherever_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.blk");
        let blocks: [&[u8]; 3] = [b"first", b"", &[7; 300]];
        write(&path, &blocks);
        let read = Reader::open(&path, KIND).unwrap().all().unwrap();
        assert_eq!(read, blocks);
        assert!(Reader::open(&path, *b"TESTKND2").is_err());
        let whole = std::fs::read(&path).unwrap();
        let is_read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Reader::open(&path, KIND).and_then(Reader::all).is_ok()
        };
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x40;
            assert!(!is_read(&changed), "byte {at} changed");
            assert!(!is_read(&whole[..at]), "cut at {at}");
        }
        assert!(is_read(&whole));
    }

    #[test]
    fn an_unfinished_file_leaves_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.blk");
        write(&path, &[b"old"]);
        let mut writer = Writer::create(&path, KIND).unwrap();
        writer.block(b"new").unwrap();
        drop(writer);
        let read = Reader::open(&path, KIND).unwrap().all().unwrap();
        assert_eq!(read, [b"old"]);
    }
}
