package io.mintmark.provisioning;

import io.mintmark.identity.AtomicFile;
import io.mintmark.identity.NanoTime;
import io.mintmark.identity.TrustDomain;
import io.mintmark.provisioning.audit.CheckpointFile;
import io.mintmark.provisioning.ca.AuthorityFolder;
import io.mintmark.provisioning.ca.CertificateAuthority;
import io.mintmark.provisioning.ca.KeyToken;
import io.mintmark.provisioning.ca.KeyUnavailableException;
import io.mintmark.provisioning.ca.Signer;
import io.mintmark.provisioning.presence.CloneNotes;
import io.mintmark.provisioning.presence.SessionReports;
import io.mintmark.provisioning.presence.SupersededUse;
import io.mintmark.provisioning.recovery.BrokerMemories;
import io.mintmark.provisioning.recovery.Epoch;
import io.mintmark.provisioning.recovery.FeedLineage;
import io.mintmark.provisioning.recovery.FeedSeal;
import io.mintmark.provisioning.recovery.LostCertificates;
import io.mintmark.provisioning.recovery.Recoverer;
import io.mintmark.provisioning.recovery.RecoveryGate;
import io.mintmark.provisioning.revocation.CertificateRevoker;
import io.mintmark.provisioning.revocation.Certificates;
import io.mintmark.provisioning.revocation.DeviceChanges;
import io.mintmark.provisioning.revocation.FactoryCas;
import io.mintmark.provisioning.revocation.RevocationRuns;
import io.mintmark.provisioning.revocation.RunWorker;
import io.mintmark.provisioning.sql.EpochTable;
import io.mintmark.provisioning.sql.OperatorTable;
import io.mintmark.provisioning.sql.Registry;
import io.mintmark.provisioning.sql.StatusTable;
import io.mintmark.provisioning.webhook.ApprovalWebhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.LongSupplier;
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
  private final AuditCheckpoints checkpoints;
  private final AuditLog audit;
  private final RecoveryGate recoveryGate;
  private final FeedLineage lineage;
  private final BrokerMemories memories;
  private final Recoverer recoverer;
  private final LongSupplier nanoTime;
  private final Operators operators;
  private final ApprovalWebhook webhook;
  private final Claims claims;
  private final Approvals approvals;
  private final Enroller enroller;
  private final Renewer renewer;
  private final ServerKeygen serverKeygen;
  private final CertificatesSeen certificatesSeen;
  private final SessionReports sessionReports;
  private final RenewalInformation renewalInformation;
  private final EarlyRenewals earlyRenewals;
  private final Revoker revoker;
  private final Certificates certificates;
  private final CertificateRevoker certificateRevoker;
  private final FactoryCas factoryCas;
  private final RunWorker runWorker;
  private final RevocationRuns revocationRuns;
  private final ChannelBindings channelBindings;
  private final FleetApplier fleets;
  private final FleetRemover fleetRemover;
  private final ManifestImporter manifests;
  private final Applications applications;
  private final PolicyExplainer policies;
  private final Brokers brokers;
  private final Invitations invitations;
  private final DeviceViews devices;
  private final FleetViews fleetViews;
  private final IssuerViews issuerViews;
  private final CaCertifier caCertifier;
  private final CaPreparer caPreparer;
  private final CaActivator caActivator;
  private final CaRetirer caRetirer;
  private final BundleReports bundleReports;
  private final CrlPublisher crls;
  private final RootCrls rootCrls;
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
    nanoTime = NanoTime.of(clock);
    TrustDomain trustDomain = installation.trustDomain();
    Fleets known = new Fleets(registry);
    FeedSeal seal = new FeedSeal(installation.feedId(), installation.feedKey());
    feed = new Feed(registry, installation.feedId(), trustDomain, seal);
    checkpoints = new AuditCheckpoints(
        registry, authority, new CheckpointFile(folder.resolve(CheckpointFile.NAME)), clock);
    audit = new AuditLog(registry, checkpoints, clock);
    recoveryGate = new RecoveryGate(registry);
    lineage = new FeedLineage(registry, seal, recoveryGate, audit::add, clock);
    memories = new BrokerMemories(registry, seal, lineage, recoveryGate, clock);
    CaRevocation caRevocation = new CaRevocation(feed, audit, clock);
    recoverer = new Recoverer(
        registry,
        recoveryGate,
        trustDomain,
        change -> issuers.change(feed, change::apply),
        feed::append,
        (tx, issuer, actor, remark) ->
            caRevocation.revoke(tx, issuer, RevocationReason.UNSPECIFIED, actor, remark),
        audit::add,
        clock);
    operators = new Operators(registry);
    Issuance issuance = new Issuance(registry, authority, recoveryGate, clock);
    LiveCertificates live = new LiveCertificates(feed, audit, clock);
    LostCertificates lost = new LostCertificates(registry, recoveryGate, audit::add, clock);
    Peers peers = new Peers(authority, trustDomain, lost::takeBack, clock);
    claims = new Claims(registry, audit, clock);
    ApprovalSettings asking = settings.approvals();
    approvals = new Approvals(registry, audit, clock, asking.lifetime());
    webhook = new ApprovalWebhook(asking.webhooksAtOnce());
    ApprovalRequests requests =
        new ApprovalRequests(registry, approvals, webhook, audit, clock, asking);
    Admission admission = new Admission(claims, requests, audit, clock);
    EnrolmentRates rates = new EnrolmentRates(settings.limits().rates(), nanoTime);
    enroller = new Enroller(
        registry, known, trustDomain, rates, admission, requests, issuance, live, audit, clock);
    certificatesSeen = new CertificatesSeen(registry, live);
    DeviceChanges changes = new DeviceChanges(trustDomain, feed, audit, clock);
    CloneNotes clones = new CloneNotes(changes, audit, clock);
    SupersededUse supersededUse = new SupersededUse(registry, clones, clock);
    sessionReports =
        new SessionReports(registry, trustDomain, certificatesSeen, supersededUse, clones, clock);
    renewer = new Renewer(
        registry,
        known,
        settings.defaultFleet(),
        peers,
        rates,
        issuance,
        live,
        certificatesSeen,
        supersededUse,
        audit);
    serverKeygen = new ServerKeygen(known, authority, enroller, renewer);
    renewalInformation = new RenewalInformation(registry, authority, clock);
    earlyRenewals = new EarlyRenewals(registry, authority, audit, clock);
    revoker = new Revoker(registry, changes);
    certificates = new Certificates(registry, authority);
    certificateRevoker = new CertificateRevoker(registry, certificates, feed, audit, clock);
    factoryCas = new FactoryCas(registry, trustDomain, clock);
    runWorker = new RunWorker(registry, changes, certificateRevoker, factoryCas, audit, clock);
    revocationRuns =
        new RevocationRuns(registry, runWorker, certificates, factoryCas, audit, clock);
    channelBindings = new ChannelBindings(registry, known);
    fleets = new FleetApplier(
        registry, known, trustDomain, authority, channelBindings, feed, audit, clock);
    fleetRemover = new FleetRemover(registry, known, feed, audit, clock);
    manifests = new ManifestImporter(registry, trustDomain, feed, audit, clock);
    policies = new PolicyExplainer(registry, trustDomain);
    applications = new Applications(registry, trustDomain, issuance, feed, audit, clock);
    brokers = new Brokers(registry, trustDomain, peers, issuance, certificatesSeen, audit, clock);
    invitations = new Invitations(registry, brokers, audit, clock);
    devices = new DeviceViews(registry, trustDomain, clock);
    fleetViews = new FleetViews(registry, known);
    issuerViews = new IssuerViews(registry, issuers, new BundleReach(trustDomain, clock), clock);
    caCertifier = new CaCertifier(registry, issuers, trustDomain, feed, audit, clock);
    caPreparer = new CaPreparer(issuers, trustDomain, feed, audit, clock);
    BundleReach reach = new BundleReach(trustDomain, clock);
    caActivator = new CaActivator(issuers, reach, settings.ca(), feed, audit, clock);
    caRetirer = new CaRetirer(issuers, reach, settings.ca(), feed, audit, caRevocation, clock);
    bundleReports =
        new BundleReports(registry, authority, peers, certificatesSeen, supersededUse, clock);
    crls = new CrlPublisher(
        registry, () -> authority.hierarchy().issuers(), issuers::signer, recoveryGate, clock);
    rootCrls = new RootCrls(registry, crls, audit, clock);
    ResponderCredentials responders = new ResponderCredentials(issuance, audit, clock);
    ocsp = new OcspResponder(
        (issuer, serial) -> registry.read(h -> StatusTable.status(h, issuer, serial)),
        new AnsweredIssuers(authority, responders),
        recoveryGate,
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
    return open(config, new Secrets(System.getenv(), Prompt.CONSOLE), UnaryOperator.identity());
  }

  /**
   * Opens a data folder.
   *
   * @param secrets what the start is told
   * @param signer may replace the issuing key's signer
   */
  static Provisioning open(ProvisioningConfig config, Secrets secrets, UnaryOperator<Signer> signer)
      throws StartException {
    DataFolder folder = DataFolder.take(config.data());
    Registry registry = null;
    AuthorityFolder keys = null;
    try {
      ServiceSettings settings = ServiceSettings.read(config.settings(), folder);
      registry = Registry.open(folder.privateFile("registry.db"));
      Installation installation = Installation.open(registry, config.trustDomain());
      keys = keys(config, settings, secrets, folder, installation);
      Clock clock = config.clock();
      Epoch epoch = Epoch.start(clock.instant());
      registry.write(tx -> {
        EpochTable.begin(tx, epoch);
        return null;
      });
      Issuers issuers =
          Issuers.open(registry, installation, keys, signer, settings.status(), clock);
      installation.keepIssuingCa(issuers.authority().issuing(), clock.instant());
      Provisioning opened =
          new Provisioning(config, folder, settings, registry, installation, issuers);
      opened.prepare(config.clock());
      opened.checkpoints.start();
      return opened;
    } catch (StartException | RuntimeException e) {
      if (keys != null) {
        keys.close();
      }
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
    if (e instanceof IllegalArgumentException || e instanceof KeyUnavailableException) {
      return new StartException(e.getMessage(), e);
    }
    if (e.getCause() instanceof Refusal refusal) {
      return new StartException(e.getMessage() + ": " + refusal.getMessage(), e);
    }
    throw e;
  }

  private static AuthorityFolder keys(
      ProvisioningConfig config,
      ServiceSettings settings,
      Secrets secrets,
      DataFolder folder,
      Installation installation)
      throws StartException {
    boolean made = installation.issuingCa().isPresent();
    Optional<KeyToken> token = settings.ca().token().isPresent()
        ? Optional.of(TokenPin.login(settings.ca().token().get(), secrets))
        : Optional.empty();
    return new AuthorityFolder(
        config.data(),
        () -> Passphrase.find(config.passphraseFile(), secrets, folder, !made),
        token);
  }

  /** What a start leaves behind each time: the bundle told, an operator, a TLS certificate. */
  private void prepare(Clock clock) throws StartException {
    registry.write(tx -> {
      issuers.tellBundle(tx, feed);
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

  /** Keys made here for devices that cannot. */
  public ServerKeygen serverKeygen() {
    return serverKeygen;
  }

  /** Whom to tell that a certificate was used. */
  public CertificatesSeen certificatesSeen() {
    return certificatesSeen;
  }

  /** What brokers report of their connections. */
  public SessionReports sessionReports() {
    return sessionReports;
  }

  /** When a certificate should be renewed. */
  public RenewalInformation renewalInformation() {
    return renewalInformation;
  }

  /** Asking for renewals before their time. */
  public EarlyRenewals earlyRenewals() {
    return earlyRenewals;
  }

  /** Revoking, retiring, suspending, releasing a device. */
  public Revoker revoker() {
    return revoker;
  }

  /** What operators see of certificates. */
  public Certificates certificates() {
    return certificates;
  }

  /** Revoking a certificate. */
  public CertificateRevoker certificateRevoker() {
    return certificateRevoker;
  }

  /** What operators see of factory CAs. */
  public FactoryCas factoryCas() {
    return factoryCas;
  }

  /** Taking trust back from many. */
  public RevocationRuns revocationRuns() {
    return revocationRuns;
  }

  /** Who works that off, once started. */
  public RunWorker runWorker() {
    return runWorker;
  }

  /** Tying requests to the connections they come over. */
  public ChannelBindings channelBindings() {
    return channelBindings;
  }

  /** Creating and changing fleets. */
  public FleetApplier fleets() {
    return fleets;
  }

  /** Removing fleets. */
  public FleetRemover fleetRemover() {
    return fleetRemover;
  }

  /** Importing manifests. */
  public ManifestImporter manifests() {
    return manifests;
  }

  /** What policies grant. */
  public PolicyExplainer policies() {
    return policies;
  }

  /** Applications. */
  public Applications applications() {
    return applications;
  }

  /** Brokers. */
  public Brokers brokers() {
    return brokers;
  }

  /** How brokers get their first certificate. */
  public Invitations invitations() {
    return invitations;
  }

  /** Operators. */
  public Operators operators() {
    return operators;
  }

  /** What rates are counted by. */
  public LongSupplier nanoTime() {
    return nanoTime;
  }

  /** The brokers' feed. */
  public Feed feed() {
    return feed;
  }

  /** Whether the feed may be read on from a broker's place. */
  public FeedLineage lineage() {
    return lineage;
  }

  /** What brokers remember of the feed. */
  public BrokerMemories memories() {
    return memories;
  }

  /** Recovering a registry that is older than what it told. */
  public Recoverer recoverer() {
    return recoverer;
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

  /** What operators see of the CAs. */
  public IssuerViews issuerViews() {
    return issuerViews;
  }

  /** Keys of issuing CAs that others certify. */
  public CaCertifier caCertifier() {
    return caCertifier;
  }

  /** Making the CAs that will take over. */
  public CaPreparer caPreparer() {
    return caPreparer;
  }

  /** Handing over to another CA. */
  public CaActivator caActivator() {
    return caActivator;
  }

  /** Taking CAs out of use. */
  public CaRetirer caRetirer() {
    return caRetirer;
  }

  /** What devices say they trust. */
  public BundleReports bundleReports() {
    return bundleReports;
  }

  /** Has the listener run after each change of the CAs; it must be quick and not throw. */
  public void onIssuersChange(Runnable listener) {
    issuers.onChange(listener);
  }

  /** The CA's certificates. */
  public CertificateAuthority authority() {
    return authority;
  }

  /** The registry, for what it says of itself. */
  public Registry registry() {
    return registry;
  }

  /** The CRLs of the issuers. */
  public CrlPublisher crls() {
    return crls;
  }

  /** CRLs of roots whose key is elsewhere. */
  public RootCrls rootCrls() {
    return rootCrls;
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
    runWorker.close();
    webhook.close();
    checkpoints.close();
    issuers.folder().close();
    registry.close();
    folder.close();
  }
}
