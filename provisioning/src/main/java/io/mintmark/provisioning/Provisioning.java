package io.mintmark.provisioning;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.Bundle;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.ca.AuthorityFolder;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.sql.OperatorTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.StatusTable;
import io.mintmark.provisioning.webhook.ApprovalWebhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.JdbiException;

/**
 * The wired service without its HTTP doors: the CA, the registry and what they can do. One per data
 * folder at a time. Thread-safe.
 */
public final class Provisioning implements AutoCloseable {

  private static final String FIRST_OPERATOR = "operator";

  private final DataFolder folder;
  private final ServiceSettings settings;
  private final Registry registry;
  private final Installation installation;
  private final Issuers issuers;
  private final CertificateAuthority authority;
  private final Feed feed;
  private final AuditLog audit;
  private final Operators operators;
  private final ApprovalWebhook webhook;
  private final Claims claims;
  private final Approvals approvals;
  private final Enroller enroller;
  private final Renewer renewer;
  private final CertificatesSeen certificatesSeen;
  private final RenewalInformation renewalInformation;
  private final EarlyRenewals earlyRenewals;
  private final Revoker revoker;
  private final FleetApplier fleets;
  private final ManifestImporter manifests;
  private final Applications applications;
  private final Brokers brokers;
  private final DeviceViews devices;
  private final FleetViews fleetViews;
  private final CrlPublisher crls;
  private final OcspResponder ocsp;
  private final ServiceCredential tls;

  private Provisioning(
      ProvisioningConfig config,
      DataFolder folder,
      ServiceSettings settings,
      Registry registry,
      Installation installation,
      Issuers issuers) {
    this.folder = folder;
    this.settings = settings;
    this.registry = registry;
    this.installation = installation;
    this.issuers = issuers;
    this.authority = issuers.authority();
    Clock clock = config.clock();
    TrustDomain trustDomain = installation.trustDomain();
    feed = new Feed(registry, installation.feedId(), trustDomain);
    audit = new AuditLog(registry, clock);
    operators = new Operators(registry);
    Issuance issuance = new Issuance(registry, authority, clock);
    LiveCertificates live = new LiveCertificates(feed, audit, clock);
    Peers peers = new Peers(authority, trustDomain, clock);
    claims = new Claims(registry, audit, clock);
    approvals = new Approvals(registry, audit, clock);
    webhook = new ApprovalWebhook();
    ApprovalRequests requests = new ApprovalRequests(registry, approvals, webhook, audit, clock);
    Admission admission = new Admission(claims, requests, audit, clock);
    enroller =
        new Enroller(registry, trustDomain, admission, requests, issuance, live, audit, clock);
    certificatesSeen = new CertificatesSeen(registry, live);
    renewer = new Renewer(registry, peers, issuance, live, certificatesSeen, audit);
    renewalInformation = new RenewalInformation(registry, clock);
    earlyRenewals = new EarlyRenewals(registry, authority, audit, clock);
    revoker = new Revoker(registry, trustDomain, feed, audit, clock);
    fleets = new FleetApplier(registry, trustDomain, authority, feed, audit, clock);
    manifests = new ManifestImporter(registry, audit, clock);
    applications = new Applications(registry, trustDomain, issuance, feed, audit, clock);
    brokers = new Brokers(registry, trustDomain, peers, issuance, audit, clock);
    devices = new DeviceViews(registry, trustDomain);
    fleetViews = new FleetViews(registry);
    crls =
        new CrlPublisher(registry, () -> authority.hierarchy().issuers(), issuers::signer, clock);
    ResponderCredentials responders = new ResponderCredentials(issuance, audit, clock);
    ocsp = new OcspResponder(
        (issuer, serial) -> registry.read(h -> StatusTable.status(h, issuer, serial)),
        new AnsweredIssuers(authority, responders),
        clock);
    tls = new ServiceCredential(
        folder.resolve("service.pem"), config.hosts(), authority, issuance, audit, clock);
  }

  /**
   * Opens the data folder; makes and fills it first when it is empty. Each step of that is done
   * once and survives a crash after it, so an interrupted first start is taken up by the next.
   *
   * @throws StartException with one clear line if it cannot
   */
  public static Provisioning open(ProvisioningConfig config) throws StartException {
    return open(config, System.getenv(), UnaryOperator.identity());
  }

  /**
   * Opens a data folder in a given environment.
   *
   * @param signer may replace the issuing key's signer
   */
  static Provisioning open(
      ProvisioningConfig config, Map<String, String> environment, UnaryOperator<Signer> signer)
      throws StartException {
    DataFolder folder = DataFolder.take(config.data());
    Registry registry = null;
    try {
      ServiceSettings settings = ServiceSettings.read(config.settings(), folder);
      registry = Registry.open(folder.privateFile("registry.db"));
      Installation installation = Installation.open(registry, config.trustDomain());
      AuthorityFolder keys = keys(config, environment, folder, installation);
      Instant now = config.clock().instant();
      Issuers issuers = Issuers.open(registry, keys, signer, settings.status(), now);
      installation.keepIssuingCa(issuers.authority().issuing(), now);
      Provisioning opened =
          new Provisioning(config, folder, settings, registry, installation, issuers);
      opened.prepare(config.clock());
      return opened;
    } catch (StartException | RuntimeException e) {
      if (registry != null) {
        registry.close();
      }
      folder.close();
      throw e instanceof StartException start ? start : explain(config, (RuntimeException) e);
    }
  }

  /** What an operator can do something about, in one line; the rest is a bug and stays one. */
  private static StartException explain(ProvisioningConfig config, RuntimeException e) {
    if (e instanceof JdbiException || e instanceof UncheckedIOException) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new StartException(
          "the data folder " + config.data() + " cannot be used: " + cause.getMessage(), e);
    }
    if (e instanceof IllegalArgumentException) {
      return new StartException(e.getMessage(), e);
    }
    throw e;
  }

  private static AuthorityFolder keys(
      ProvisioningConfig config,
      Map<String, String> environment,
      DataFolder folder,
      Installation installation)
      throws StartException {
    boolean made = installation.issuingCa().isPresent();
    String passphrase = Passphrase.find(config.passphraseFile(), environment, folder, !made);
    AuthorityFolder keys = new AuthorityFolder(config.data(), passphrase);
    if (!made && !keys.exists()) {
      keys.create(installation.trustDomain(), config.clock().instant());
    }
    return keys;
  }

  /** What a start leaves behind each time: the bundle told, an operator, a TLS certificate. */
  private void prepare(Clock clock) throws StartException {
    registry.write(tx -> {
      feed.appendIfChanged(tx, Bundle.of(authority.trustAnchors()));
      feed.forget(tx, clock.instant());
      return null;
    });
    issuers.writeTrust();
    Path token = folder.resolve("operator.token");
    try {
      if (registry.read(OperatorTable::isEmpty)) {
        // The file first: a token only its hash is left of would be lost.
        if (!Files.exists(token)) {
          AtomicFile.writeSecret(token, Operators.newToken() + "\n");
        }
        String hash = Operators.hash(Files.readString(token).strip());
        registry.write(tx -> {
          OperatorTable.insert(tx, FIRST_OPERATOR, hash, clock.instant());
          audit.add(tx, AuditLog.SYSTEM, "operator.created", FIRST_OPERATOR, null);
          return null;
        });
      }
      tls.current();
    } catch (IOException e) {
      throw new StartException(
          "the operator's token in " + token + " cannot be kept: " + DataFolder.reason(e), e);
    }
  }

  /** The installation's name. */
  public TrustDomain trustDomain() {
    return installation.trustDomain();
  }

  /** What the operator set for the whole service. */
  public ServiceSettings settings() {
    return settings;
  }

  /** Simple enrolment. */
  public Enroller enroller() {
    return enroller;
  }

  /** Claims: shared certificates that enrol a number of devices. */
  public Claims claims() {
    return claims;
  }

  /** What operators do with approvals. */
  public Approvals approvals() {
    return approvals;
  }

  /** Simple re-enrolment. */
  public Renewer renewer() {
    return renewer;
  }

  /** Whom to tell that a certificate was used. */
  public CertificatesSeen certificatesSeen() {
    return certificatesSeen;
  }

  /** When a certificate should be renewed. */
  public RenewalInformation renewalInformation() {
    return renewalInformation;
  }

  /** Asking for renewals before their time. */
  public EarlyRenewals earlyRenewals() {
    return earlyRenewals;
  }

  /** Revoking, suspending, releasing. */
  public Revoker revoker() {
    return revoker;
  }

  /** Creating and changing fleets. */
  public FleetApplier fleets() {
    return fleets;
  }

  /** Importing manifests. */
  public ManifestImporter manifests() {
    return manifests;
  }

  /** Applications. */
  public Applications applications() {
    return applications;
  }

  /** Brokers. */
  public Brokers brokers() {
    return brokers;
  }

  /** Operators. */
  public Operators operators() {
    return operators;
  }

  /** The brokers' feed. */
  public Feed feed() {
    return feed;
  }

  /** What operators see of devices. */
  public DeviceViews devices() {
    return devices;
  }

  /** What operators see of fleets. */
  public FleetViews fleetViews() {
    return fleetViews;
  }

  /** The audit log. */
  public AuditLog audit() {
    return audit;
  }

  /** The CA's certificates. */
  public CertificateAuthority authority() {
    return authority;
  }

  /** The CRLs of the issuers. */
  public CrlPublisher crls() {
    return crls;
  }

  /** The OCSP responder. */
  public OcspResponder ocsp() {
    return ocsp;
  }

  /** The service's own TLS credential. */
  public ServiceCredential tls() {
    return tls;
  }

  /** Closes the registry and gives the data folder free. Repeating it changes nothing. */
  @Override
  public void close() {
    webhook.close();
    registry.close();
    folder.close();
  }
}
