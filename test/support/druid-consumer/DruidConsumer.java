import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.apache.druid.indexing.kafka.KafkaRecordSupplier;
import org.apache.druid.jackson.DefaultObjectMapper;

/**
 * Asks Kafka for the partitions of a topic as a supervisor of Druid and its tasks do.
 *
 * Standard input: the consumerProperties of a supervisor's spec. Argument: the topic.
 * Standard output: `{"partitions": n}` or `{"refused": "…"}`.
 */
public class DruidConsumer {
  private static final ObjectMapper JSON = new DefaultObjectMapper();

  public static void main(String[] args) throws Exception {
    Map<String, Object> properties = JSON.readValue(System.in, new TypeReference<Map<String, Object>>() {});
    System.out.println(JSON.writeValueAsString(answer(properties, args[0])));
  }

  private static Map<String, Object> answer(Map<String, Object> properties, String topic) {
    KafkaRecordSupplier supplier = null;
    try {
      supplier = new KafkaRecordSupplier(properties, JSON, null, false);
      return Map.of("partitions", supplier.getPartitionIds(topic).size());
    } catch (Throwable refusal) {
      Throwable cause = refusal;
      while (cause.getCause() != null) cause = cause.getCause();
      return Map.of("refused", String.valueOf(cause));
    } finally {
      if (supplier != null) supplier.close();
    }
  }
}
