use super::StoreError;

/// Runs the work where it may block; cancelled, it goes on to its end.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or_else(|_| Err(StoreError::new("the store panicked, or the runtime shuts down")))
}
