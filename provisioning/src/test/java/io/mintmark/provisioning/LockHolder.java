package io.mintmark.provisioning;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Another process that has a data folder open, until it is killed. */
final class LockHolder {

  private LockHolder() {}

  public static void main(String[] args) throws Exception {
    try (DataFolder folder = DataFolder.take(Path.of(args[0]))) {
      System.out.print(folder == null ? '?' : '!');
      System.out.flush();
      new CountDownLatch(1).await();
    }
  }
}
