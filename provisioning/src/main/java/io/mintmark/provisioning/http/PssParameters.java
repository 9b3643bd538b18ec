package io.mintmark.provisioning.http;

import io.mintmark.provisioning.Refusal;
import java.math.BigInteger;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** The parameters of an RSASSA-PSS signature (RFC 4055, section 3.1), held to sane ones. */
final class PssParameters {

  private static final Map<ASN1ObjectIdentifier, String> HASHES = Map.of(
      NISTObjectIdentifiers.id_sha256, "SHA-256",
      NISTObjectIdentifiers.id_sha384, "SHA-384",
      NISTObjectIdentifiers.id_sha512, "SHA-512");

  /** What fits beside SHA-256 into RSA 4096; OpenSSL takes the longest salt unless told. */
  private static final int LONGEST_SALT = 478;

  private PssParameters() {}

  /**
   * Reads them.
   *
   * @param parameters of the signature's AlgorithmIdentifier, null if there are none
   * @throws Refusal INVALID unless they say SHA-256, SHA-384 or SHA-512, MGF1 with the same hash, a
   *     salt of 0 to 478 octets and the trailer field 1
   */
  static PSSParameterSpec of(ASN1Encodable parameters) throws Refusal {
    if (parameters == null) {
      throw invalid("has no parameters");
    }
    RSASSAPSSparams pss = RSASSAPSSparams.getInstance(parameters);
    ASN1ObjectIdentifier id = pss.getHashAlgorithm().getAlgorithm();
    String hash = HASHES.get(id);
    if (hash == null) {
      throw invalid("uses hash " + id);
    }
    AlgorithmIdentifier mask = pss.getMaskGenAlgorithm();
    if (!mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
        || !AlgorithmIdentifier.getInstance(mask.getParameters()).getAlgorithm().equals(id)) {
      throw invalid("does not use MGF1 with its own hash");
    }
    BigInteger salt = pss.getSaltLength();
    if (salt.signum() < 0 || salt.compareTo(BigInteger.valueOf(LONGEST_SALT)) > 0) {
      throw invalid("has a salt that is not of 0 to " + LONGEST_SALT + " octets");
    }
    if (!pss.getTrailerField().equals(BigInteger.ONE)) {
      throw invalid("has another trailer field than 1");
    }
    return new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt.intValueExact(), 1);
  }

  private static Refusal invalid(String fault) {
    return new Refusal(
        Refusal.Kind.INVALID,
        "the request's RSA-PSS signature "
            + fault
            + ": use SHA-256, SHA-384 or SHA-512, for MGF1 too");
  }
}
