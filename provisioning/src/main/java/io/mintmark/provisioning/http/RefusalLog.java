package io.mintmark.provisioning.http;

import io.mintmark.identity.Printable;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per request that was refused or put off (202), under a logger name of its own, {@code
 * io.mintmark.provisioning.refused}: what was asked (the path names the fleet), who asked as far as
 * is known, and why not. All of it printable, none of it secret: no headers, no query, no body.
 */
final class RefusalLog {

  private static final Logger LOG = LoggerFactory.getLogger("io.mintmark.provisioning.refused");

  private RefusalLog() {}

  /** Writes the line of a request that was turned away before anybody asked who sends it. */
  static void write(Request request, int status, String reason) {
    write(
        request.getMethod(),
        request.getHttpURI().getPath(),
        "not looked at",
        Request.getRemoteAddr(request),
        status,
        reason);
  }

  /**
   * Writes the line.
   *
   * @param path as it was sent
   * @param who for example {@code client certificate: none}; printable
   * @param reason what the client is told; printable
   */
  static void write(
      String method, String path, String who, String remoteAddress, int status, String reason) {
    LOG.info(
        "{} {} {} with {}: {} ({}, from {})",
        Printable.of(method),
        Printable.of(path),
        status < 400 ? "put off" : "refused",
        status,
        reason,
        who,
        remoteAddress);
  }
}
