package io.mintmark.device;

import java.util.concurrent.CompletableFuture;

/**
 * A message that will not be sent, or not with anybody waiting for it.
 *
 * @param done its future, to be failed
 * @param cause why
 * @param loss whether the listener is to hear of it
 */
record Dropped(CompletableFuture<Void> done, DeviceException cause, boolean loss) {}
