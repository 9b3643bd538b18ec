package io.mintmark.simulators.fleet;

import io.mintmark.identity.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The keys and certificates of a fleet in one file, mode 0600, that only ever grows: of two records
 * about the same thing the later holds. A record is its length, a checksum and its content, written at
 * once, so that of a process that is killed at most the last one is lost; opening cuts that off. Not
 * synced: what is lost with the machine's power is simply made again. Thread-safe; one process at a
 * time.
 */
final class CredentialLog implements AutoCloseable {

  /** What a record is about. */
  enum Kind {
    /** Text that says whose credentials these are. */
    HEADER(0),
    /** A certificate that chains share, known by its place among those. */
    ISSUER(1),
    /** A device's bootstrap credential. */
    BOOTSTRAP(2),
    /** A device's operational credential. */
    OPERATIONAL(3);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    static Kind of(byte code) {
      return Arrays.stream(values())
          .filter(kind -> kind.code == code)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(
              "a record of kind " + code + ", which this version does not know"));
    }
  }

  private static final byte[] MAGIC = "MINTFLT1".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME = 8;
  private static final int LARGEST = 1 << 20;
  private static final int READ_AHEAD = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final Map<X509Certificate, Integer> issuerNumbers = new HashMap<>();
  private final List<X509Certificate> issuers = new ArrayList<>();
  private final Map<Kind, long[]> places = new HashMap<>();
  private final long cutOff;
  private String header;
  private long end;

  private CredentialLog(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    places.put(Kind.BOOTSTRAP, new long[0]);
    places.put(Kind.OPERATIONAL, new long[0]);
    long size = channel.size();
    scan(size);
    cutOff = size - end;
    channel.truncate(end);
  }

  /**
   * Opens the log of a file, or begins one there.
   *
   * @throws IOException if it is in use, is something else, or cannot be read or written; one line
   */
  static CredentialLog open(Path file) throws IOException {
    if (!Files.exists(file)) {
      AtomicFile.writeSecret(file, MAGIC);
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(file, channel);
      return new CredentialLog(file, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(Path file, FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException("the fleet's state " + file.getParent()
          + " is in use by another run: wait for its end, or choose another folder");
    }
  }

  private void scan(long size) throws IOException {
    byte[] magic = new byte[MAGIC.length];
    if (size < MAGIC.length
        || !readFully(ByteBuffer.wrap(magic), 0)
        || !Arrays.equals(magic, MAGIC)) {
      throw new IOException(
          file + " is not the state of a fleet: choose another folder, or move the file away");
    }
    end = MAGIC.length;
    ByteBuffer ahead = ByteBuffer.allocate(READ_AHEAD + LARGEST + FRAME).limit(0);
    long from = end;
    while (true) {
      if (ahead.remaining() < LARGEST + FRAME && from < size) {
        ahead.compact();
        int read = channel.read(ahead, from);
        from += Math.max(0, read);
        ahead.flip();
        if (read < 0) {
          return;
        }
        continue;
      }
      int length = next(ahead);
      if (length < 0) {
        return;
      }
      end += FRAME + length;
    }
  }

  /** Takes the next record in; its length, or -1 if there is none or it was not written out. */
  private int next(ByteBuffer ahead) {
    if (ahead.remaining() < FRAME) {
      return -1;
    }
    int length = ahead.getInt();
    int sum = ahead.getInt();
    if (length < 1 || length > LARGEST || length > ahead.remaining()) {
      return -1;
    }
    ByteBuffer content = ahead.slice(ahead.position(), length);
    ahead.position(ahead.position() + length);
    if (sum(content.duplicate()) != sum) {
      return -1;
    }
    note(content, end);
    return length;
  }

  private void note(ByteBuffer content, long place) {
    Kind kind = Kind.of(content.get());
    switch (kind) {
      case HEADER -> header = StandardCharsets.UTF_8.decode(content).toString();
      case ISSUER -> {
        byte[] der = new byte[content.remaining()];
        content.get(der);
        know(StoredCredential.certificate(der));
      }
      case BOOTSTRAP, OPERATIONAL -> place(kind, content.getInt(), place);
    }
  }

  private void know(X509Certificate issuer) {
    issuerNumbers.put(issuer, issuers.size());
    issuers.add(issuer);
  }

  private void place(Kind kind, int device, long place) {
    long[] known = places.get(kind);
    if (device >= known.length) {
      known = Arrays.copyOf(known, Math.max(device + 1, known.length * 2));
      places.put(kind, known);
    }
    known[device] = place;
  }

  /** How many bytes of a record that was not written out were found and cut off. */
  long cutOff() {
    return cutOff;
  }

  /** The last header; null if there is none. */
  synchronized String header() {
    return header;
  }

  /** Puts another header in place of the last. */
  synchronized void header(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    append(ByteBuffer.allocate(1 + bytes.length).put(Kind.HEADER.code).put(bytes));
    header = text;
  }

  synchronized boolean has(Kind kind, int device) {
    long[] known = places.get(kind);
    return device < known.length && known[device] != 0;
  }

  /** A device's credential in place of the one before; written when this returns. */
  synchronized void put(Kind kind, int device, StoredCredential credential) throws IOException {
    try {
      List<X509Certificate> chain = credential.chain();
      for (X509Certificate issuer : chain.subList(1, chain.size())) {
        if (!issuerNumbers.containsKey(issuer)) {
          byte[] der = issuer.getEncoded();
          append(ByteBuffer.allocate(1 + der.length).put(Kind.ISSUER.code).put(der));
          know(issuer);
        }
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(kind.code);
      out.writeInt(device);
      block(out, credential.key().getEncoded());
      block(out, chain.get(0).getEncoded());
      out.writeShort(chain.size() - 1);
      for (X509Certificate issuer : chain.subList(1, chain.size())) {
        out.writeShort(issuerNumbers.get(issuer));
      }
      place(kind, device, append(ByteBuffer.wrap(bytes.toByteArray())));
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate that does not encode", e);
    }
  }

  private static void block(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  private long append(ByteBuffer content) throws IOException {
    content.rewind();
    ByteBuffer framed = ByteBuffer.allocate(FRAME + content.remaining())
        .putInt(content.remaining())
        .putInt(sum(content.duplicate()))
        .put(content)
        .flip();
    long place = end;
    long at = end;
    while (framed.hasRemaining()) {
      at += channel.write(framed, at);
    }
    end = at;
    return place;
  }

  /** A device's credential; null if there is none. */
  StoredCredential get(Kind kind, int device) throws IOException {
    long place;
    synchronized (this) {
      if (!has(kind, device)) {
        return null;
      }
      place = places.get(kind)[device];
    }
    ByteBuffer frame = ByteBuffer.allocate(FRAME);
    if (!readFully(frame, place)) {
      throw new IOException(file + " was cut off while it was in use");
    }
    ByteBuffer content = ByteBuffer.allocate(frame.getInt(0));
    if (!readFully(content, place + FRAME)
        || sum(content.duplicate().rewind()) != frame.getInt(4)) {
      throw new IOException(file + " was changed while it was in use");
    }
    content.position(1 + Integer.BYTES);
    PrivateKey key = StoredCredential.key(block(content));
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(StoredCredential.certificate(block(content)));
    int more = content.getShort();
    synchronized (this) {
      for (int i = 0; i < more; i++) {
        chain.add(issuers.get(content.getShort()));
      }
    }
    return new StoredCredential(key, chain);
  }

  private static byte[] block(ByteBuffer content) {
    byte[] bytes = new byte[content.getShort()];
    content.get(bytes);
    return bytes;
  }

  private boolean readFully(ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        return false;
      }
      at += read;
    }
    return true;
  }

  private static int sum(ByteBuffer content) {
    CRC32 sum = new CRC32();
    sum.update(content);
    return (int) sum.getValue();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
