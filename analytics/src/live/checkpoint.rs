//! A checkpoint: the state as blocks of bytes, so that a restart need not replay what it holds.
//!
//! A checkpoint need not be of one instant. It says the position that the state had come to **before** the first
//! block was made; blocks made later may hold later events, which the replay from that position finds there already.
//! So blocks are made one by one, each under a short lock, while events go on being folded.
//!
//! The same bytes lay a state out anew in memory that has become full of holes ([`State::compact`]).
//!
//! | block | what |
//! |---|---|
//! | first | [`Head`]: the position, and what never leaves |
//! | others | some entities each ([`super::archive`]) |

use ingest::event::EventTime;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::archive::{Block, Key, pack, unpack};
use super::{Lasting, State};

/// Entities of a block: site days are large, dossiers small.
const BLOCK_DOSSIERS: usize = 2_000;
const BLOCK_DAYS: usize = 16;

/// The first block.
#[derive(Serialize, Deserialize)]
struct Head {
    position: u64,
    whole_since: Option<EventTime>,
    lasting: Lasting,
}

/// What is still to be written of a checkpoint.
#[derive(Debug)]
pub struct Plan {
    /// The position that it is of.
    pub position: u64,
    head: Vec<u8>,
    keys: Vec<Vec<Key>>,
}

impl Plan {
    /// Of a state as it is now: what never leaves is written at once, of the rest the keys are noted.
    pub fn of(state: &State) -> Self {
        let head = Head {
            position: state.events,
            whole_since: state.whole_since,
            lasting: state.lasting.clone(),
        };
        let (days, others): (Vec<Key>, Vec<Key>) = state
            .keys()
            .into_iter()
            .partition(|key| matches!(key, Key::SiteDay(..)));
        let days = days.chunks(BLOCK_DAYS).map(<[Key]>::to_vec);
        let others = others.chunks(BLOCK_DOSSIERS).map(<[Key]>::to_vec);
        Self {
            position: state.events,
            head: pack(&head).unwrap_or_default(),
            keys: days.chain(others).collect(),
        }
    }

    /// The first block.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// How many others there are.
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// True without others.
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// One of the others, of a state that may have gone on.
    pub fn block(&self, at: usize, state: &State) -> Vec<u8> {
        self.keys
            .get(at)
            .map_or_else(Vec::new, |keys| state.block(keys))
    }
}

/// Why a state was not laid out anew.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// It is as it was.
    #[error("what is in memory stays as it is: {0}")]
    Kept(String),
    /// What read back at first did not a second time: nothing is left in memory.
    #[error("what was in memory did not read back a second time ({0})")]
    Lost(String),
}

impl State {
    /// Lays everything out anew, as a start from a checkpoint does. What has left was small and lay among what stayed: the
    /// allocator cannot give back a page while anything in it is in use.
    ///
    /// Whoever calls holds the state's lock, and the threads that all share may be waiting for it: it has threads of its own.
    pub fn compact(&mut self) -> Result<(), CompactError> {
        let own = rayon::ThreadPoolBuilder::new().build();
        let own = own.map_err(|e| CompactError::Kept(e.to_string()))?;
        own.install(|| self.repack())
    }

    fn repack(&mut self) -> Result<(), CompactError> {
        let plan = Plan::of(self);
        let others = (0..plan.len())
            .into_par_iter()
            .map(|at| plan.block(at, self));
        let mut blocks = vec![plan.head().to_vec()];
        blocks.par_extend(others);
        // All of it goes before any of it comes back, or the holes would be filled instead: so it is tried first.
        head_of(plan.head()).map_err(CompactError::Kept)?;
        let tried = blocks.par_iter().skip(1);
        tried
            .try_for_each(|bytes| Block::read(bytes).map(drop))
            .map_err(CompactError::Kept)?;
        drop(plan);
        *self = Self::default();
        *self = read(&blocks).map_err(CompactError::Lost)?;
        Ok(())
    }
}

fn head_of(bytes: &[u8]) -> Result<Head, String> {
    let plain = unpack(bytes).ok_or("its first block does not unpack")?;
    postcard::from_bytes(&plain).map_err(|e| e.to_string())
}

/// The state that blocks hold.
pub fn read(blocks: &[Vec<u8>]) -> Result<State, String> {
    let (head, others) = blocks.split_first().ok_or("it has no blocks")?;
    let head = head_of(head)?;
    let mut state = State {
        lasting: head.lasting,
        whole_since: head.whole_since,
        events: head.position,
        ..State::default()
    };
    // A few at a time, so that what was read and not put yet stays little.
    for some in others.chunks(64) {
        let read: Result<Vec<Block>, String> =
            some.par_iter().map(|bytes| Block::read(bytes)).collect();
        for block in read? {
            state.put_block(block);
        }
    }
    rayon::broadcast(|_| crate::names::tidy_read());
    Ok(state)
}
