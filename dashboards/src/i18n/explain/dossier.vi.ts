/** What figures of dossiers, satisfaction and alerts are, in Vietnamese; `dossier.en.ts` must match. */
export const dossierFigures = {
  overdue: {
    name: "Hồ sơ quá hạn",
    what: "Hồ sơ đang giải quyết đã qua ngày giờ hẹn trả. Thời gian chờ bổ sung hoặc tạm dừng làm lùi hạn đúng bằng số giờ làm việc trong đó. So theo giờ phút; hồ sơ không có ngày hẹn trả không tính là quá hạn.",
    source: "Sự kiện dossier.accepted (hạn; không ghi hạn thì theo thời hạn của thủ tục), dossier.extended, các sự kiện tạm dừng và kết thúc hồ sơ.",
    sample: "Số hồ sơ đang giải quyết (n). Chưa có hồ sơ nào thì để trống.",
  },
  due_today: {
    name: "Hồ sơ đến hạn hôm nay",
    what: "Hồ sơ đang giải quyết có hẹn trả hôm nay mà giờ hẹn chưa qua; qua giờ hẹn thì chuyển sang quá hạn. Bộ lọc Đến hạn hôm nay ở danh sách gồm cả ngày, kể cả hồ sơ đã qua giờ hẹn.",
    source: "Sự kiện dossier.accepted hoặc thời hạn của thủ tục, và các sự kiện làm lùi hạn.",
    sample: "Số hồ sơ đang giải quyết. Chưa có hồ sơ nào thì để trống.",
  },
  in_progress: {
    name: "Hồ sơ đang giải quyết",
    what: "Hồ sơ đã tiếp nhận hợp lệ mà chưa có kết quả, không bị từ chối, chưa rút, chưa dừng giải quyết. Hồ sơ chờ tiếp nhận được đếm riêng.",
    source: "Sự kiện dossier.*.",
    sample: "Đếm chính xác mọi hồ sơ đã nhận được dossier.submitted.",
  },
  due_soon: {
    name: "Hồ sơ sắp đến hạn",
    what: "Hồ sơ đang giải quyết, chưa quá hạn, còn không quá 8 giờ làm việc theo lịch làm việc của cơ quan giải quyết. Hồ sơ đang tạm dừng không tính.",
    source: "Sự kiện dossier.* và lịch làm việc.",
    sample: "Đếm chính xác trong số hồ sơ đang giải quyết.",
  },
  paused: {
    name: "Hồ sơ tạm dừng tính thời hạn",
    what: "Hồ sơ đang giải quyết mà thời hạn đang tạm ngừng tính: chờ bổ sung hoặc tạm dừng. Vẫn nằm trong hồ sơ đang giải quyết.",
    source: "Sự kiện dossier.supplement_requested, dossier.suspended và các sự kiện kết thúc chúng.",
    sample: "Đếm chính xác trong số hồ sơ đang giải quyết.",
  },
  no_due_date: {
    name: "Hồ sơ không có ngày hẹn trả",
    what: "Hồ sơ đang giải quyết mà cả sự kiện lẫn thời hạn của thủ tục đều không cho biết ngày hẹn trả. Được tính là trong hạn và luôn đếm riêng.",
    source: "Sự kiện dossier.accepted không có due_at và không có dossier.extended; danh mục thủ tục.",
    sample: "Đếm chính xác trong số hồ sơ đang giải quyết.",
  },
  awaiting_acceptance: {
    name: "Hồ sơ chờ tiếp nhận",
    what: "Hồ sơ đã nộp mà chưa được tiếp nhận, từ chối, rút hay dừng. Thời hạn giải quyết chưa bắt đầu tính.",
    source: "Sự kiện dossier.submitted.",
    sample: "Đếm chính xác mọi hồ sơ đã được báo.",
  },
  on_time: {
    name: "Hồ sơ đúng hạn",
    what: "Ở báo cáo: tỷ lệ có kết quả không sau giờ hẹn, trên số hồ sơ có kết quả trong kỳ. Bảng điểm cộng thêm hồ sơ còn giải quyết ở cuối kỳ: tỷ lệ có kết quả đúng hạn hoặc còn trong hạn. Bốn phần của nó, có kết quả sớm hoặc đúng hạn, có kết quả quá hạn, đang trong hạn, đang quá hạn, luôn cộng đủ tổng. Không có ngày hẹn trả thì tính là trong hạn.",
    source: "Sự kiện dossier.accepted, dossier.resolved và các sự kiện làm lùi hạn; thời hạn của thủ tục khi không ghi hạn.",
    sample: "Ở báo cáo là số hồ sơ có kết quả trong kỳ; ở bảng điểm thêm hồ sơ còn giải quyết ở cuối kỳ. Không có hồ sơ nào thì để trống.",
  },
  supplement_twice: {
    name: "Yêu cầu bổ sung quá một lần",
    what: "Hồ sơ có yêu cầu bổ sung lần thứ hai trong kỳ, đã giải quyết hay chưa. Bảng điểm nêu tỷ lệ chỉ yêu cầu một lần, trên số hồ sơ bị yêu cầu đã kết thúc hoặc bị yêu cầu lại trong kỳ.",
    source: "Sự kiện dossier.supplement_requested.",
    sample: "Đếm chính xác mọi hồ sơ đã được báo.",
  },
  digitised: {
    name: "Số hóa trước khi giải quyết",
    what: "Ở báo cáo: tỷ lệ được số hóa không muộn hơn lúc có kết quả, trên số hồ sơ có kết quả trong kỳ. Bảng điểm so số hồ sơ được số hóa kịp thời trong kỳ với số có kết quả trong kỳ mà không kịp.",
    source: "Sự kiện dossier.digitised và dossier.resolved.",
    sample: "Ở báo cáo là số hồ sơ có kết quả trong kỳ; ở bảng điểm là hai số đem so. Không có hồ sơ nào thì để trống.",
  },
  acknowledged: {
    name: "Trả lời hồ sơ trực tuyến trong 8 giờ làm việc",
    what: "Tỷ lệ được tiếp nhận, từ chối hoặc yêu cầu bổ sung trong 8 giờ làm việc kể từ lúc nộp, theo lịch của điểm tiếp nhận, trên số hồ sơ trực tuyến được trả lời trong kỳ và số đã quá 8 giờ mà chưa trả lời ở cuối kỳ.",
    source: "Sự kiện dossier.submitted kênh online, và lần tiếp nhận, từ chối, yêu cầu bổ sung hoặc kết thúc khác đầu tiên sau đó.",
    sample: "Số hồ sơ trực tuyến được trả lời trong kỳ và số đã hết giờ. Không có hồ sơ nào thì để trống.",
  },
  backlog_age: {
    name: "Tuổi hồ sơ tồn đọng",
    what: "Hồ sơ đang giải quyết theo thời gian làm việc đã qua từ khi bắt đầu tính thời hạn, gồm cả lúc tạm dừng: dưới 1, 3, 5, 10, 20 ngày làm việc và lâu hơn; một ngày là 8 giờ làm việc.",
    source: "Sự kiện dossier.accepted và lịch làm việc.",
    sample: "Số hồ sơ đang giải quyết đã bắt đầu tính thời hạn.",
  },
  satisfaction: {
    name: "Mức độ hài lòng",
    what: "Tỷ lệ đánh giá 4 hoặc 5 điểm trên mọi đánh giá, kèm khoảng tin cậy 95% (Wilson). Đạt khi cả khoảng không dưới mục tiêu, chưa đạt khi cả khoảng dưới mục tiêu, còn lại là chưa rõ. Người không đánh giá không được tính là hài lòng.",
    source: "Sự kiện rating.given.",
    sample: "Số đánh giá (n). Không có đánh giá nào thì để trống.",
  },
  feedback: {
    name: "Phản ánh, kiến nghị",
    what: "Số đã nhận, đã trả lời đúng hạn hoặc muộn, đang mở trong hạn hoặc quá hạn ở cuối kỳ. Báo cáo nêu tỷ lệ trả lời đúng hạn trên số đã trả lời hoặc quá hạn; bảng điểm cộng thêm số còn trong hạn. Hạn là hạn được ghi, nếu không thì 15 ngày làm việc từ khi nhận hoặc chuyển lần cuối. Ý kiến về câu trả lời tính cùng câu trả lời.",
    source: "Sự kiện feedback.received, feedback.forwarded, feedback.answered, feedback.closed.",
    sample: "Đếm chính xác mọi phản ánh đã được báo.",
  },
};

export const alertFigures = {
  alerts_open: {
    name: "Cảnh báo đang mở",
    what: "Số cảnh báo chưa đóng, sau khi gộp các dấu hiệu cùng nguyên nhân ở một nơi. Cảnh báo ẩn theo nguyên nhân và đang tạm hoãn không nằm trong danh sách và được đếm riêng.",
    source: "Quy tắc đang áp dụng trên mọi sự kiện, và nhật ký của bàn cảnh báo.",
    sample: "Đếm chính xác. Mỗi cảnh báo nêu số đo, mẫu, ngưỡng và nguồn của quy tắc.",
  },
  alerts_priority: {
    name: "Cơ cấu mức cảnh báo",
    what: "Tỷ lệ cảnh báo mức thấp, trung bình, cao trong số đã phát. Mốc so sánh 80, 15 và 5 phần trăm theo thông lệ quản lý cảnh báo.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số cảnh báo đã phát trong khoảng ngày.",
  },
  alerts_per_hour: {
    name: "Cảnh báo mỗi giờ",
    what: "Số cảnh báo đã phát trong khoảng ngày, chia cho số giờ làm việc của thành phố trong đó. Máy chủ không cho biết giờ nào không có dữ liệu thì các giờ ấy vẫn được tính, và trang nói rõ.",
    source: "Nhật ký của bàn cảnh báo và lịch làm việc.",
    sample: "Số cảnh báo và số giờ. Không có giờ nào thì để trống.",
  },
  alerts_flood: {
    name: "Tỷ lệ thời gian dồn dập",
    what: "Thời gian dồn dập chia cho số giờ làm việc của thành phố: mỗi đợt tính từ khi có 10 cảnh báo trong 10 phút đến khi còn dưới 5. Dưới 1% là tốt.",
    source: "Nhật ký của bàn cảnh báo và lịch làm việc.",
    sample: "Số giờ làm việc của khoảng ngày. Không có giờ nào thì để trống.",
  },
  alerts_acknowledge: {
    name: "Thời gian đến lúc tiếp nhận",
    what: "Trung vị thời gian từ lúc phát cảnh báo trong khoảng ngày đến lúc có người tiếp nhận.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số cảnh báo đã tiếp nhận. Chưa có thì để trống.",
  },
  alerts_without_action: {
    name: "Tiếp nhận mà không làm gì",
    what: "Số cảnh báo của khoảng ngày đã tiếp nhận, nay đã hết, mà không có giải trình, đôn đốc hay giao việc.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số cảnh báo đã tiếp nhận và đã hết.",
  },
  alerts_standing: {
    name: "Cảnh báo kéo dài quá một ngày",
    what: "Số cảnh báo phát trong khoảng ngày kéo dài quá 24 giờ, từ lúc phát đến khi hết hoặc đến bây giờ, và cảnh báo phát từ trước nay vẫn còn. Hết rồi có lại vẫn là một cảnh báo; cảnh báo nay đã hết cũng được tính.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Đếm chính xác, có danh sách.",
  },
};
