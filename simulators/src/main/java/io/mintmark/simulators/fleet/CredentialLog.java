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
 * The keys and certificates of a fleet in one file, mode 0600, that only grows while it is open: of two
 * records about the same thing the later holds. A record is its length, a checksum and its content,
 * written at once, so that of a process that is killed at most the last one is lost; opening cuts that
 * off, and leaves out what holds no longer where that is most of the file. Not synced: what is lost with
 * the machine's power is simply made again. Thread-safe; one process at a time, by a lock on a file beside
 * it.
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

  /** So much may be of no use before it is worth a new file. */
  private static final long TOLERATED = 1 << 20;

  private final Path file;
  private final FileChannel lock;
  private final FileChannel channel;
  private final Map<X509Certificate, Integer> issuerNumbers = new HashMap<>();
  private final List<X509Certificate> issuers = new ArrayList<>();
  private final Map<Kind, long[]> places = new HashMap<>();
  private final Map<Kind, int[]> lengths = new HashMap<>();
  private final long cutOff;
  private String header;
  private int headerLength;
  private long end;
  private long dead;

  private CredentialLog(Path file, FileChannel lock, FileChannel channel) throws IOException {
    this.file = file;
    this.lock = lock;
    this.channel = channel;
    for (Kind kind : List.of(Kind.BOOTSTRAP, Kind.OPERATIONAL)) {
      places.put(kind, new long[0]);
      lengths.put(kind, new int[0]);
    }
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
    FileChannel lock = lock(file);
    try {
      if (!Files.exists(file)) {
        AtomicFile.writeSecret(file, MAGIC);
      }
      CredentialLog log = read(file, lock);
      if (log.dead <= TOLERATED || log.dead <= log.end / 2) {
        return log;
      }
      try {
        log.rewrite();
      } finally {
        log.channel.close();
      }
      return read(file, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** On a file that is never replaced, so that nobody locks what is not the log any more. */
  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel = FileChannel.open(
        file.resolveSibling(file.getFileName() + ".lock"),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new IOException("the fleet's state " + file.getParent()
          + " is in use by another run: wait for its end, or choose another folder");
    }
    return channel;
  }

  private static CredentialLog read(Path file, FileChannel lock) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      return new CredentialLog(file, lock, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What holds, in a file of its own in place of this one; issuers keep their numbers. */
  private void rewrite() throws IOException {
    try (FileRewrite fresh = new FileRewrite(file, MAGIC)) {
      if (header != null) {
        fresh.append(framed(content(header)));
      }
      for (X509Certificate issuer : issuers) {
        fresh.append(framed(content(issuer)));
      }
      for (Kind kind : places.keySet()) {
        for (long place : places.get(kind)) {
          if (place != 0) {
            fresh.append(framed(record(place)));
          }
        }
      }
      fresh.putInPlace();
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
    note(content, end, length);
    return length;
  }

  private void note(ByteBuffer content, long place, int length) {
    Kind kind = Kind.of(content.get());
    switch (kind) {
      case HEADER -> head(StandardCharsets.UTF_8.decode(content).toString(), length);
      case ISSUER -> {
        byte[] der = new byte[content.remaining()];
        content.get(der);
        know(StoredCredential.certificate(der));
      }
      case BOOTSTRAP, OPERATIONAL -> place(kind, content.getInt(), place, length);
    }
  }

  private void head(String text, int length) {
    dead += headerLength;
    header = text;
    headerLength = FRAME + length;
  }

  private void know(X509Certificate issuer) {
    issuerNumbers.put(issuer, issuers.size());
    issuers.add(issuer);
  }

  private void place(Kind kind, int device, long place, int length) {
    if (device >= places.get(kind).length) {
      int more = Math.max(device + 1, places.get(kind).length * 2);
      places.put(kind, Arrays.copyOf(places.get(kind), more));
      lengths.put(kind, Arrays.copyOf(lengths.get(kind), more));
    }
    places.get(kind)[device] = place;
    dead += lengths.get(kind)[device];
    lengths.get(kind)[device] = FRAME + length;
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
    ByteBuffer content = content(text);
    append(content);
    head(text, content.limit());
  }

  private static ByteBuffer content(String header) {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + bytes.length).put(Kind.HEADER.code).put(bytes);
  }

  private static ByteBuffer content(X509Certificate issuer) {
    try {
      byte[] der = issuer.getEncoded();
      return ByteBuffer.allocate(1 + der.length).put(Kind.ISSUER.code).put(der);
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate that does not encode", e);
    }
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
          append(content(issuer));
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
      place(kind, device, append(ByteBuffer.wrap(bytes.toByteArray())), bytes.size());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate that does not encode", e);
    }
  }

  private static void block(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  private static ByteBuffer framed(ByteBuffer content) {
    content.rewind();
    return ByteBuffer.allocate(FRAME + content.remaining())
        .putInt(content.remaining())
        .putInt(sum(content.duplicate()))
        .put(content)
        .flip();
  }

  private long append(ByteBuffer content) throws IOException {
    ByteBuffer framed = framed(content);
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
    ByteBuffer content = record(place);
    content.position(1 + Integer.BYTES);
    PrivateKey key = StoredCredential.key(block(content));
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(StoredCredential.certificate(block(content)));
    int more = number(content);
    synchronized (this) {
      for (int i = 0; i < more; i++) {
        chain.add(issuers.get(number(content)));
      }
    }
    return new StoredCredential(key, chain);
  }

  private ByteBuffer record(long place) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME);
    if (!readFully(frame, place)) {
      throw new IOException(file + " was cut off while it was in use");
    }
    ByteBuffer content = ByteBuffer.allocate(frame.getInt(0));
    if (!readFully(content, place + FRAME)
        || sum(content.duplicate().rewind()) != frame.getInt(4)) {
      throw new IOException(file + " was changed while it was in use");
    }
    return content;
  }

  private static byte[] block(ByteBuffer content) {
    byte[] bytes = new byte[number(content)];
    content.get(bytes);
    return bytes;
  }

  /** Two bytes without a sign, as they are written. */
  private static int number(ByteBuffer content) {
    return content.getShort() & 0xffff;
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
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
