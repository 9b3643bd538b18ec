package io.mintmark.provisioning.tls;

import io.mintmark.identity.Credential;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Map;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.bouncycastle.tls.RecordFormat;
import org.bouncycastle.tls.RecordPreview;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/**
 * The server's end of one TLS connection that tells its channel bindings, which neither the JDK's
 * engine before 25 nor BouncyCastle's JSSE provider does. Around BouncyCastle's TLS protocol, with
 * the cryptography of the installed JCA providers. Always asks for a client certificate. Settings
 * are fixed: see {@link BindableServer}. Thread-safe.
 */
public final class BindableEngine extends FixedEngine {

  private static final JcaTlsCrypto CRYPTO = new InstalledCrypto(new SecureRandom());

  private final TlsServerProtocol protocol = new TlsServerProtocol();
  private final BindableServer server;
  private boolean begun;
  private boolean announced;
  private boolean closedBefore;
  private SSLException failure;

  /**
   * An engine for one connection.
   *
   * @param shown what the server shows; its key is on P-256
   */
  public BindableEngine(Credential shown) {
    this.server = new BindableServer(CRYPTO, shown);
  }

  /**
   * The bindings of the connection by their names: {@code tls-exporter} (RFC 9266), and {@code
   * tls-unique} (RFC 5929) under TLS 1.2; empty before the end of the handshake.
   */
  public synchronized Map<String, byte[]> channelBindings() {
    return server.bindings();
  }

  @Override
  public synchronized SSLSession getSession() {
    return server.session();
  }

  @Override
  public synchronized void beginHandshake() throws SSLException {
    if (begun) {
      throw new UnsupportedOperationException("nothing is renegotiated");
    }
    begun = true;
    try {
      protocol.accept(server);
    } catch (IOException e) {
      throw new SSLException(e);
    }
  }

  @Override
  public synchronized HandshakeStatus getHandshakeStatus() {
    if (!begun) {
      return HandshakeStatus.NOT_HANDSHAKING;
    }
    if (failure != null || protocol.getAvailableOutputBytes() > 0) {
      return HandshakeStatus.NEED_WRAP;
    }
    return protocol.isHandshaking() ? HandshakeStatus.NEED_UNWRAP : HandshakeStatus.NOT_HANDSHAKING;
  }

  @Override
  public synchronized SSLEngineResult unwrap(
      ByteBuffer src, ByteBuffer[] dsts, int offset, int length) throws SSLException {
    if (!begun) {
      beginHandshake();
    }
    if (isInboundDone() && failure == null) {
      return new SSLEngineResult(Status.CLOSED, getHandshakeStatus(), 0, 0);
    }
    if (getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      return new SSLEngineResult(Status.OK, HandshakeStatus.NEED_WRAP, 0, 0);
    }
    boolean handshaking = protocol.isHandshaking();
    int consumed = 0;
    try {
      RecordPreview record = preview(src);
      if (record == null || src.remaining() < record.getRecordSize()) {
        return new SSLEngineResult(Status.BUFFER_UNDERFLOW, getHandshakeStatus(), 0, 0);
      }
      if (remaining(dsts, offset, length) < record.getContentLimit()) {
        return new SSLEngineResult(Status.BUFFER_OVERFLOW, getHandshakeStatus(), 0, 0);
      }
      byte[] bytes = new byte[record.getRecordSize()];
      src.get(bytes);
      consumed = bytes.length;
      protocol.offerInput(bytes);
    } catch (IOException e) {
      // Thrown once the alert is on its way: wrap() has it.
      failure = handshaking ? new SSLHandshakeException(e.getMessage()) : new SSLException(e);
      return new SSLEngineResult(Status.OK, HandshakeStatus.NEED_WRAP, consumed, 0);
    }
    int produced = 0;
    for (int i = offset; i < offset + length && protocol.getAvailableInputBytes() > 0; i++) {
      int count = Math.min(dsts[i].remaining(), protocol.getAvailableInputBytes());
      produced += protocol.readInput(dsts[i], count);
    }
    Status status = isInboundDone() ? Status.CLOSED : Status.OK;
    return new SSLEngineResult(status, handshakeStatus(), consumed, produced);
  }

  private RecordPreview preview(ByteBuffer src) throws IOException {
    if (src.remaining() < RecordFormat.FRAGMENT_OFFSET) {
      return null;
    }
    byte[] header = new byte[RecordFormat.FRAGMENT_OFFSET];
    src.duplicate().get(header);
    return protocol.previewInputRecord(header);
  }

  private static int remaining(ByteBuffer[] buffers, int offset, int length) {
    int sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += buffers[i].remaining();
    }
    return sum;
  }

  /** The status, or once, when the handshake is over, FINISHED. */
  private HandshakeStatus handshakeStatus() {
    HandshakeStatus status = getHandshakeStatus();
    if (status == HandshakeStatus.NOT_HANDSHAKING && server.isComplete() && !announced) {
      announced = true;
      return HandshakeStatus.FINISHED;
    }
    return status;
  }

  @Override
  public synchronized SSLEngineResult wrap(
      ByteBuffer[] srcs, int offset, int length, ByteBuffer dst) throws SSLException {
    if (!begun) {
      beginHandshake();
    }
    int pending = protocol.getAvailableOutputBytes();
    if (pending > 0) {
      if (!dst.hasRemaining()) {
        return new SSLEngineResult(Status.BUFFER_OVERFLOW, HandshakeStatus.NEED_WRAP, 0, 0);
      }
      int produced = protocol.readOutput(dst, Math.min(pending, dst.remaining()));
      return new SSLEngineResult(statusOut(), handshakeStatus(), 0, produced);
    }
    if (failure != null) {
      SSLException thrown = failure;
      failure = null;
      throw thrown;
    }
    if (!protocol.isConnected() || protocol.isHandshaking()) {
      return new SSLEngineResult(statusOut(), handshakeStatus(), 0, 0);
    }
    return wrapContent(srcs, offset, length, dst);
  }

  /** At most one record at a time. */
  private SSLEngineResult wrapContent(ByteBuffer[] srcs, int offset, int length, ByteBuffer dst)
      throws SSLException {
    int count = Math.min(remaining(srcs, offset, length), protocol.getApplicationDataLimit());
    if (count == 0) {
      return new SSLEngineResult(statusOut(), handshakeStatus(), 0, 0);
    }
    try {
      RecordPreview record = protocol.previewOutputRecord(count);
      if (dst.remaining() < record.getRecordSize()) {
        return new SSLEngineResult(Status.BUFFER_OVERFLOW, handshakeStatus(), 0, 0);
      }
      byte[] content = new byte[Math.min(count, record.getContentLimit())];
      int taken = 0;
      for (int i = offset; taken < content.length; i++) {
        int part = Math.min(srcs[i].remaining(), content.length - taken);
        srcs[i].get(content, taken, part);
        taken += part;
      }
      protocol.writeApplicationData(content, 0, taken);
      int produced = protocol.readOutput(dst, protocol.getAvailableOutputBytes());
      return new SSLEngineResult(statusOut(), handshakeStatus(), taken, produced);
    } catch (IOException e) {
      throw new SSLException(e);
    }
  }

  private Status statusOut() {
    return isOutboundDone() && failure == null ? Status.CLOSED : Status.OK;
  }

  @Override
  public synchronized void closeInbound() throws SSLException {
    try {
      if (begun) {
        protocol.closeInput();
      }
    } catch (IOException e) {
      throw new SSLException(e);
    }
  }

  @Override
  public synchronized void closeOutbound() {
    if (!begun) {
      closedBefore = true;
      return;
    }
    try {
      protocol.close();
    } catch (IOException e) {
      // What could be said to the client is in the output; nobody else has an interest.
      closedBefore = true;
    }
  }

  @Override
  public synchronized boolean isInboundDone() {
    return closedBefore || (begun && protocol.isClosed());
  }

  @Override
  public synchronized boolean isOutboundDone() {
    return isInboundDone() && protocol.getAvailableOutputBytes() == 0;
  }
}
