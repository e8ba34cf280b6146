/** What figures of dossiers, satisfaction and alerts are, in Vietnamese; `dossier.en.ts` must match. */
export const dossierFigures = {
  overdue: {
    name: "Hồ sơ quá hạn",
    what: "Hồ sơ đã tiếp nhận, chưa có kết quả và đã qua ngày giờ hẹn trả. Thời gian chờ bổ sung hoặc tạm dừng hợp lệ làm lùi hạn. So theo giờ phút; hồ sơ không có ngày hẹn trả không tính là quá hạn.",
    source: "Sự kiện dossier.accepted (hạn), dossier.extended, dossier.suspended, dossier.supplement_requested, dossier.resolved.",
    sample: "Số hồ sơ đang giải quyết (n). Chưa có hồ sơ nào thì để trống.",
  },
  due_today: {
    name: "Hồ sơ đến hạn hôm nay",
    what: "Hồ sơ đang giải quyết có hẹn trả hôm nay mà giờ hẹn chưa qua; qua giờ hẹn thì chuyển sang quá hạn.",
    source: "Sự kiện dossier.accepted và các sự kiện làm lùi hạn.",
    sample: "Số hồ sơ đang giải quyết. Chưa có hồ sơ nào thì để trống.",
  },
  in_progress: {
    name: "Hồ sơ đang giải quyết",
    what: "Hồ sơ đã tiếp nhận hợp lệ mà chưa có kết quả, chưa rút, chưa dừng. Hồ sơ chờ tiếp nhận được đếm riêng.",
    source: "Sự kiện dossier.*.",
    sample: "Đếm chính xác mọi hồ sơ đã được báo.",
  },
  due_soon: {
    name: "Hồ sơ sắp đến hạn",
    what: "Hồ sơ đang giải quyết còn không quá 8 giờ làm việc đến hạn, theo lịch làm việc. Hồ sơ đang tạm dừng không tính.",
    source: "Sự kiện dossier.* và lịch làm việc.",
    sample: "Đếm chính xác trong số hồ sơ đang giải quyết.",
  },
  paused: {
    name: "Hồ sơ đang dừng đồng hồ",
    what: "Hồ sơ đang giải quyết mà thời hạn tạm ngừng tính: chờ bổ sung hoặc tạm dừng. Vẫn nằm trong hồ sơ đang giải quyết.",
    source: "Sự kiện dossier.supplement_requested, dossier.suspended và các sự kiện kết thúc chúng.",
    sample: "Đếm chính xác trong số hồ sơ đang giải quyết.",
  },
  no_due_date: {
    name: "Hồ sơ không có ngày hẹn trả",
    what: "Hồ sơ đang giải quyết mà không sự kiện nào nêu ngày hẹn trả. Được tính là trong hạn và luôn đếm riêng để nhìn thấy.",
    source: "Sự kiện dossier.accepted không có due_at.",
    sample: "Đếm chính xác trong số hồ sơ đang giải quyết.",
  },
  awaiting_acceptance: {
    name: "Hồ sơ chờ tiếp nhận",
    what: "Hồ sơ đã nộp mà chưa được tiếp nhận, từ chối hay rút. Đồng hồ giải quyết chưa chạy.",
    source: "Sự kiện dossier.submitted.",
    sample: "Đếm chính xác mọi hồ sơ đã được báo.",
  },
  on_time: {
    name: "Hồ sơ đúng hạn",
    what: "Trên tổng gồm hồ sơ có kết quả trong kỳ và hồ sơ còn giải quyết ở cuối kỳ: phần có kết quả không sau giờ hẹn hoặc còn trong hạn. Bốn phần sớm hoặc đúng hạn, quá hạn, đang trong hạn, đang quá hạn luôn cộng đủ tổng.",
    source: "Sự kiện dossier.accepted, dossier.resolved và các sự kiện làm lùi hạn.",
    sample: "Tổng số hồ sơ của kỳ. Không có hồ sơ nào thì để trống.",
  },
  supplement_twice: {
    name: "Yêu cầu bổ sung quá một lần",
    what: "Hồ sơ có yêu cầu bổ sung lần thứ hai trong kỳ, đã giải quyết hay chưa.",
    source: "Sự kiện dossier.supplement_requested.",
    sample: "Đếm chính xác mọi hồ sơ đã được báo.",
  },
  digitised: {
    name: "Số hóa trước khi giải quyết",
    what: "Trên số hồ sơ có kết quả trong kỳ: phần đã được số hóa không muộn hơn lúc có kết quả.",
    source: "Sự kiện dossier.digitised và dossier.resolved.",
    sample: "Số hồ sơ có kết quả trong kỳ. Không có hồ sơ nào thì để trống.",
  },
  acknowledged: {
    name: "Trả lời hồ sơ trực tuyến trong 8 giờ làm việc",
    what: "Trên số hồ sơ nộp trực tuyến phải trả lời trong kỳ: phần được tiếp nhận, từ chối hoặc yêu cầu bổ sung trong 8 giờ làm việc kể từ lúc nộp.",
    source: "Sự kiện dossier.submitted kênh online, và tiếp nhận, từ chối hoặc yêu cầu bổ sung đầu tiên sau đó.",
    sample: "Số hồ sơ trực tuyến phải trả lời. Không có hồ sơ nào thì để trống.",
  },
  backlog_age: {
    name: "Tuổi của hồ sơ tồn",
    what: "Hồ sơ đang giải quyết theo thời gian đã qua kể từ khi đồng hồ chạy: dưới 1, 3, 5, 10, 20 ngày làm việc và lâu hơn; một ngày là 8 giờ làm việc.",
    source: "Sự kiện dossier.accepted và lịch làm việc.",
    sample: "Số hồ sơ đang giải quyết có lúc bắt đầu.",
  },
  satisfaction: {
    name: "Mức độ hài lòng",
    what: "Phần đánh giá 4 hoặc 5 điểm trong mọi đánh giá, kèm khoảng tin cậy 95% (Wilson). Đạt khi cả khoảng không dưới mục tiêu, chưa đạt khi cả khoảng dưới mục tiêu, còn lại là chưa rõ. Người không đánh giá không được tính là hài lòng.",
    source: "Sự kiện rating.given.",
    sample: "Số đánh giá (n). Không có đánh giá nào thì để trống.",
  },
  feedback: {
    name: "Phản ánh, kiến nghị",
    what: "Số đã nhận, đã trả lời đúng hạn hoặc muộn, đang mở trong hạn hoặc quá hạn ở cuối kỳ. Ý kiến về câu trả lời tính cùng câu trả lời.",
    source: "Sự kiện feedback.received, feedback.forwarded, feedback.answered, feedback.closed.",
    sample: "Đếm chính xác mọi phản ánh đã được báo.",
  },
};

export const alertFigures = {
  alerts_open: {
    name: "Cảnh báo đang mở",
    what: "Số cảnh báo chưa đóng, sau khi gộp các dấu hiệu cùng nguyên nhân ở một nơi. Cảnh báo ẩn theo nguyên nhân và đang tạm hoãn được đếm riêng.",
    source: "Quy tắc đang áp dụng trên mọi sự kiện, và nhật ký của bàn cảnh báo.",
    sample: "Đếm chính xác. Mỗi cảnh báo nêu số đo, mẫu, ngưỡng và nguồn của quy tắc.",
  },
  alerts_priority: {
    name: "Cơ cấu mức cảnh báo",
    what: "Phần cảnh báo mức thấp, trung bình, cao trong số đã nêu. Mốc so sánh 80, 15 và 5 phần trăm theo thông lệ quản lý cảnh báo.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số cảnh báo đã nêu trong khoảng ngày.",
  },
  alerts_per_hour: {
    name: "Cảnh báo mỗi giờ",
    what: "Số cảnh báo đã nêu chia cho số giờ làm việc của khoảng ngày. Giờ máy chủ không đánh giá được nói riêng, không tính là yên ổn.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số cảnh báo và số giờ. Không có giờ nào thì để trống.",
  },
  alerts_flood: {
    name: "Phần thời gian dồn dập",
    what: "Phần số giờ nằm trong đợt dồn dập: từ 10 cảnh báo trong 10 phút đến khi còn dưới 5. Dưới 1% là tốt.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số giờ của khoảng ngày. Không có giờ nào thì để trống.",
  },
  alerts_acknowledge: {
    name: "Thời gian đến lúc tiếp nhận",
    what: "Trung vị từ lúc cảnh báo được nêu đến lúc có người tiếp nhận.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số cảnh báo đã tiếp nhận. Chưa có thì để trống.",
  },
  alerts_without_action: {
    name: "Tiếp nhận mà không làm gì",
    what: "Số cảnh báo đã tiếp nhận, nay đã hết, mà không có giải trình, đôn đốc hay giao việc.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Số cảnh báo đã tiếp nhận và đã hết.",
  },
  alerts_standing: {
    name: "Cảnh báo kéo dài quá một ngày",
    what: "Số cảnh báo còn đúng điều kiện liên tục quá 24 giờ.",
    source: "Nhật ký của bàn cảnh báo.",
    sample: "Đếm chính xác, có danh sách.",
  },
};
