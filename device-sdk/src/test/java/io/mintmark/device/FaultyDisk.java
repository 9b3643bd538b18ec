package io.mintmark.device;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Set;

/**
 * A real folder on a disk that a test fills, write-protects, or takes the power from between any two
 * changes and in the middle of a write. What runs on it is the code that runs on any disk.
 */
final class FaultyDisk extends FileSystemProvider {

  /** The machine is off; nothing catches it as it would catch an exception. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;

    PowerCut() {
      super("the power is cut", null, false, false);
    }
  }

  private static final int NEVER = Integer.MAX_VALUE;

  private final FileSystem system = new Disk();
  private final FileSystemProvider real;
  private final Path root;
  private int changes;
  private int cutAt = NEVER;
  private boolean off;
  private volatile String broken;

  FaultyDisk(Path folder) {
    root = folder;
    real = folder.getFileSystem().provider();
  }

  /** The folder on this disk. */
  Path folder() {
    return wrap(root);
  }

  /** Takes the power before the change of this number, counted from now on. */
  void cutPowerAt(int change) {
    changes = 0;
    cutAt = change;
  }

  /** It is there again. */
  void restorePower() {
    cutAt = NEVER;
    off = false;
  }

  /** Whether the power was cut. */
  boolean isOff() {
    return off;
  }

  /** From now on nothing fits on it. */
  void fill() {
    broken = "No space left on device";
  }

  void protect() {
    broken = "Read-only file system";
  }

  void mend() {
    broken = null;
  }

  private void requirePower() {
    if (off) {
      throw new PowerCut();
    }
  }

  /** Whether the power goes in the middle of this change. */
  private boolean isLast() {
    requirePower();
    off = changes++ == cutAt;
    return off;
  }

  private void change(Path path) throws IOException {
    if (isLast()) {
      throw new PowerCut();
    }
    if (broken != null) {
      throw new FileSystemException(path.toString(), null, broken);
    }
  }

  private Path wrap(Path path) {
    return (Path) Proxy.newProxyInstance(
        Path.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("getFileSystem")) {
            return system;
          }
          Object[] own = arguments == null ? new Object[0] : arguments.clone();
          for (int i = 0; i < own.length; i++) {
            own[i] = own[i] instanceof Path other ? unwrap(other) : own[i];
          }
          try {
            Object answer = method.invoke(path, own);
            return answer instanceof Path found ? wrap(found) : answer;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private static Path unwrap(Path path) {
    return path.getFileSystem() instanceof Disk ? Path.of(path.toString()) : path;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    if (options.contains(StandardOpenOption.WRITE)) {
      change(path);
    } else {
      requirePower();
    }
    return new Channel(real.newFileChannel(unwrap(path), options, attributes));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    requirePower();
    if (options.contains(StandardOpenOption.WRITE)) {
      throw new UnsupportedOperationException("use a FileChannel, which can be synced");
    }
    return real.newByteChannel(unwrap(path), options, attributes);
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    requirePower();
    if (Files.notExists(unwrap(path))) {
      change(path);
    }
    real.createDirectory(unwrap(path), attributes);
  }

  @Override
  public void delete(Path path) throws IOException {
    requirePower();
    if (Files.exists(unwrap(path))) {
      // A full disk lets go of what it has.
      if (isLast()) {
        throw new PowerCut();
      }
      if ("Read-only file system".equals(broken)) {
        throw new FileSystemException(path.toString(), null, broken);
      }
    }
    real.delete(unwrap(path));
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    change(to);
    real.move(unwrap(from), unwrap(to), options);
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw new UnsupportedOperationException("a copy is not atomic");
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    requirePower();
    return real.newDirectoryStream(unwrap(path), filter);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return real.isSameFile(unwrap(path), unwrap(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(unwrap(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    requirePower();
    return real.getFileStore(unwrap(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    requirePower();
    real.checkAccess(unwrap(path), modes);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return real.getFileAttributeView(unwrap(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    requirePower();
    return real.readAttributes(unwrap(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    requirePower();
    return real.readAttributes(unwrap(path), names, options);
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    change(path);
    real.setAttribute(unwrap(path), name, value, options);
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  private final class Disk extends FileSystem {
    @Override
    public FileSystemProvider provider() {
      return FaultyDisk.this;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public String getSeparator() {
      return root.getFileSystem().getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
      return root.getFileSystem().supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
      return wrap(root.getFileSystem().getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
      throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
      throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
      throw new UnsupportedOperationException();
    }
  }

  /** Of the write the power takes, or that does not fit, half gets through. */
  private final class Channel extends FileChannel {
    private final FileChannel channel;

    Channel(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      boolean last = isLast();
      if (last || broken != null) {
        ByteBuffer half = bytes.duplicate();
        half.limit(bytes.position() + bytes.remaining() / 2);
        channel.write(half);
      }
      if (last) {
        throw new PowerCut();
      }
      if (broken != null) {
        throw new IOException(broken);
      }
      return channel.write(bytes);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      // No change: what is not synced is not lost here; whether disks keep their word is theirs.
      requirePower();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      channel.close();
    }

    @Override
    public int read(ByteBuffer bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] bytes, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer bytes, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] bytes, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer bytes, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long size() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
