//! `GET /archive`: what has left memory, as `vonglau backup` keeps it.
//!
//! The archive of a running server can be read by that server alone. It is given as one file of checksummed blocks
//! ([`ingest::archive`]), written while it is sent: a few pieces of it are in memory, and a reader that is slow or
//! gone makes the writing wait or end. An answer cut short has no end block, and its reader sees that.

use std::io::{BufWriter, Error, ErrorKind, Write};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use super::App;

/// Pieces that wait for the reader.
const PIECES: usize = 4;
const PIECE_BYTES: usize = 256 * 1024;

/// Answers with the whole archive.
pub async fn export(State(app): State<Arc<App>>) -> Response {
    let (send, mut pieces) = mpsc::channel(PIECES);
    let core = Arc::clone(&app.core);
    tokio::task::spawn_blocking(move || {
        let out = BufWriter::with_capacity(PIECE_BYTES, Pieces(send.clone()));
        let Err(e) = core.archive.export(out) else {
            return;
        };
        if e.kind() != ErrorKind::BrokenPipe {
            tracing::error!(error = %e, "the archive could not be given to a backup");
        }
        // Ends the answer before its end, where anybody still reads.
        drop(send.blocking_send(Err(e)));
    });
    let body = stream::poll_fn(move |context| pieces.poll_recv(context));
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    (kind, Body::from_stream(body)).into_response()
}

/// What is written goes into the channel, which bounds it.
struct Pieces(mpsc::Sender<Result<Bytes, Error>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map_err(|_| Error::from(ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
